-- Stores the good rows in the order of the file.
INSERT INTO events.{{.Table}} ({{.Columns}}, import_id)
SELECT {{.Columns}}, {{.Import}} FROM staged WHERE problem IS NULL
