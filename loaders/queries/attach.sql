-- Opens the database of a query for reading, in an instance that can reach no
-- other file from then on, but for the one that it writes.
SET TimeZone = 'UTC';
SET temp_directory = {{.Temp}};
SET allowed_paths = [{{.To}}];
ATTACH {{.File}} AS {{.Name}} (TYPE duckdb, READ_ONLY);
USE {{.Name}};
SET enable_external_access = false;
SET lock_configuration = true;
