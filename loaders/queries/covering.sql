-- Lists the imports of customers or products but {{.Import}}: where each stands among
-- them, which attributes or fields it says something of, NULL being all there are, and
-- whether {{.Import}} says something of the same.
CREATE TEMP TABLE covering AS
SELECT id AS import_id, coalesce(in_place_of, id) AS place, covers, list_has_all({{.Covers}}, covers) AS within
FROM events.imports
WHERE kind = '{{.Table}}' AND undone_at IS NULL AND id <> {{.Import}}
