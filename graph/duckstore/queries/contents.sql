-- The blocks with parts of the table of contents of the database file, and the size of one.
SELECT DISTINCT d.block_size, m.block_id
FROM pragma_metadata_info() m, pragma_database_size() d
WHERE d.database_name = current_database()
ORDER BY m.block_id
