-- Takes the import out of what customers or products were: what stood before it is
-- what the next one replaced, if there is a next one.
UPDATE events.former_{{.Table}} SET replaced_by = u.replaced_by
FROM events.former_{{.Table}} AS u
WHERE former_{{.Table}}.replaced_by = {{.Import}} AND u.id = former_{{.Table}}.id AND u.import_id = {{.Import}};

DELETE FROM events.former_{{.Table}} WHERE import_id = {{.Import}}
