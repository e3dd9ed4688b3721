-- How many rows have an id in a column.
SELECT count(*) FROM {{.Table}} WHERE {{.Where}} AND {{.Is}}
