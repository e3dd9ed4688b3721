-- The columns of all tables that can hold an id: those of text, or of a type
-- that has texts in it, and the numbers of events.ids and of nodes, which alone are
-- UINTEGER.
-- timed says that the row has a time.
SELECT c.schema_name, c.table_name, c.column_name, c.data_type LIKE '%[]', c.data_type = 'UINTEGER',
    c.schema_name = 'events' AND bool_or(c.column_name = 'time') OVER (PARTITION BY c.schema_name, c.table_name)
FROM duckdb_columns() AS c
JOIN duckdb_tables() AS t USING (database_name, schema_name, table_name)
WHERE NOT c.internal AND NOT t.temporary AND c.database_name = current_database()
QUALIFY regexp_matches(c.data_type, 'VARCHAR|JSON|BLOB|ENUM|UUID|UINTEGER') AND NOT (c.data_type = 'UINTEGER' AND c.column_name = 'n')
ORDER BY ALL
