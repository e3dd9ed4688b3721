-- How many rows have an id in a column.
SELECT count(*) FROM {{.Table}}
WHERE {{.Where}} AND CAST({{.Column}} AS VARCHAR) IN (SELECT name FROM temp.forget_names)
