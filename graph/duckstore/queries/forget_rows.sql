-- Removes the rows that are about the person: with an id of theirs, or with one
-- that was theirs at the time.
DELETE FROM {{.Table}}
WHERE false
{{- range .Columns}}
    OR ({{.Where}} AND {{.Is}})
    {{- if .Timed}}
    OR EXISTS (
        SELECT 1 FROM identity.holders AS h{{if .Number}} JOIN events.ids AS k ON k.id = h.id{{end}}
        WHERE {{if .Number}}k.n{{else}}h.id{{end}} = {{.Column}} AND h.person IN (SELECT name FROM temp.forget_names)
            AND coalesce(time, TIMESTAMP '-infinity') >= h.from_at AND coalesce(time, TIMESTAMP '294247-01-10 04:00:54') < h.to_at
    )
    {{- end}}
{{- end}}
