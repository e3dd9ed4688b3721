-- Puts what stood before the import in its place again.
INSERT INTO events.{{.Table}} (id, {{.Content}}, import_id)
SELECT id, {{.Content}}, import_id FROM events.former_{{.Table}} WHERE replaced_by = {{.Import}}
