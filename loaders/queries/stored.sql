-- Marks every good row that an earlier import stored already.
UPDATE staged SET problem = 'duplicate|loaded before from another file'
FROM (
    SELECT s.rowid AS ord
    FROM staged AS s
    WHERE s.problem IS NULL AND EXISTS (
        SELECT 1 FROM events.{{.Table}} AS e
        WHERE {{.Span}}{{range .Keys}} AND e.{{.}} = s.{{.}}{{end}}{{range .Nullable}} AND e.{{.}} IS NOT DISTINCT FROM s.{{.}}{{end}}
    )
) AS repeats
WHERE staged.rowid = repeats.ord
