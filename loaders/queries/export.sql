-- Writes what the query gives to a file, in its order.
COPY (SELECT {{.Columns}} FROM query({{.Query}})) TO {{.To}} (FORMAT parquet)
