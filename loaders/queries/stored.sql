-- Marks every good row that an earlier import stored already, with that import.
UPDATE staged SET problem = 'duplicate|loaded before from another file|' || repeats.import_id
FROM (
    SELECT s.rowid AS ord, e.import_id
    FROM staged AS s
    JOIN events.{{.Seen}} AS e
        ON {{.Span}}{{range .Keys}} AND e.{{.}} = s.{{.}}{{end}}{{range .Nullable}} AND e.{{.}} IS NOT DISTINCT FROM s.{{.}}{{end}}
    WHERE s.problem IS NULL
) AS repeats
WHERE staged.rowid = repeats.ord
