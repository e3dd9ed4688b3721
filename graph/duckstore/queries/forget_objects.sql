-- The texts of JSON in which an id stands as a word.
SELECT DISTINCT CAST({{.Column}} AS VARCHAR) FROM {{.Table}}
WHERE {{.Where}} AND EXISTS (
    SELECT 1 FROM temp.forget_names
    WHERE telling AND contains(CAST({{.Column}} AS VARCHAR), name) AND regexp_matches(CAST({{.Column}} AS VARCHAR), word)
)
