-- Stores the good rows in the order of the file.
{{- if eq .Table "call_rows"}}
INSERT INTO events.packed_calls
SELECT caller, callee, time, events.packed_call(kind, seconds, answered, {{.Import}}, received)
FROM staged WHERE problem IS NULL{{if .LeftOut}} AND rowid NOT IN (SELECT ord FROM left_out);

DROP TABLE left_out{{end}}
{{- else}}
INSERT INTO events.{{.Table}} ({{.Columns}}{{.Further}}, import_id)
SELECT {{.Columns}}{{.Further}}, {{.Import}} FROM staged WHERE problem IS NULL
{{- end}}
