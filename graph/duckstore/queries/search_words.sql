-- How many rows have an id that is long enough to be telling as a word in a text.
SELECT count(*) FROM {{.Table}}
WHERE {{.Where}} AND EXISTS (
    SELECT 1 FROM temp.forget_names
    WHERE telling AND contains(CAST({{.Column}} AS VARCHAR), name) AND regexp_matches(CAST({{.Column}} AS VARCHAR), word)
)
