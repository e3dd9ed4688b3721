-- Marks the rows of what an import behind the place {{.Place}} has given values.
UPDATE staged SET problem = 'duplicate|a later file has newer values|' || e.import_id
FROM events.{{.Table}} AS e
JOIN events.imports AS i ON i.id = e.import_id
WHERE e.id = staged.id AND staged.problem IS NULL AND coalesce(i.in_place_of, i.id) > {{.Place}}
