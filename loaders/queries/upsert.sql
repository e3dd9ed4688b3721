-- Stores the last good row of each id.
INSERT INTO events.{{.Table}} ({{.Columns}}, import_id)
SELECT {{.Columns}}, {{.Import}}
FROM (SELECT rowid AS ord, {{.Columns}} FROM staged WHERE problem IS NULL)
QUALIFY row_number() OVER (PARTITION BY id ORDER BY ord DESC) = 1
ORDER BY ord
