-- Stores the good rows in the order of the file.
INSERT INTO events.{{.Table}} ({{.Columns}}{{.Further}}, import_id)
SELECT {{.Columns}}{{.Further}}, {{.Import}} FROM staged WHERE problem IS NULL
