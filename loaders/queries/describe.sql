-- The columns of the query, which must be a single SELECT.
SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM query({{.Query}}))
