-- Takes the rows of an import out.
DELETE FROM events.{{.Table}} WHERE {{if eq .Table "packed_calls"}}source IN ({{.Import}}, -{{.Import}}){{else}}import_id = {{.Import}}{{end}}
