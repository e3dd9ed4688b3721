-- Stores the ids that had no number, in the order of these.
INSERT INTO events.ids (n, id) SELECT n, id FROM ends WHERE NOT known{{if not .Fresh}} ORDER BY n{{end}}
