-- How many rows have an id as a word in a text.
SELECT count(*) FROM {{.Table}}
WHERE {{.Where}} AND EXISTS (
    SELECT 1 FROM temp.forget_names WHERE contains({{.Column}}, name) AND regexp_matches({{.Column}}, word)
)
