-- Takes the rows of an import out.
DELETE FROM events.{{.Table}} WHERE {{if eq .Table "packed_calls"}}(what >> 33) & 1073741823 = {{.Import}}{{else}}import_id = {{.Import}}{{end}}
