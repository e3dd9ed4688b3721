-- The size of a block of the database file and the number of blocks.
SELECT block_size, total_blocks FROM pragma_database_size() WHERE database_name = current_database()
