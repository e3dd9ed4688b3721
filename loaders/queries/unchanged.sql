-- Marks every good row that changes nothing: it is equal to the row of the same
-- id before it in the file, or, for the first of an id, to what one import has said of
-- the same attributes or fields, which is told.
UPDATE staged SET problem = concat_ws('|', 'duplicate', 'changes nothing', same.import_id)
FROM (
    SELECT ord, CASE WHEN s.n = 1 THEN coalesce(e.speakers[1], e.import_id) END AS import_id
    FROM (
        SELECT rowid AS ord, id, {{.Content}}, struct_pack({{.Content}}) AS content,
            row_number() OVER w AS n, lag(struct_pack({{.Content}})) OVER w AS former
        FROM staged
        WHERE problem IS NULL
        WINDOW w AS (PARTITION BY id ORDER BY rowid)
    ) AS s
    -- With s.n = 1 here, DuckDB would compare each row with each.
    LEFT JOIN (
        SELECT id, {{.Content}}, import_id, coalesce(c.within, false) AS within,
            CASE WHEN carried IS NULL THEN [import_id]
                ELSE list_filter(list_distinct(list_transform({{.Covers}}, lambda name: coalesce(carried[name], CASE WHEN c.covers IS NULL OR list_contains(c.covers, name) THEN import_id END))),
                    lambda i: i IS NOT NULL) END AS speakers
        FROM events.{{.Table}} LEFT JOIN covering AS c USING (import_id)
    ) AS e ON e.id = s.id
    WHERE (s.n > 1 AND s.content IS NOT DISTINCT FROM s.former)
        OR (s.n = 1 AND e.id IS NOT NULL AND len(e.speakers) <= 1 AND {{template "same" .}})
) AS same
WHERE staged.rowid = same.ord
{{- define "same"}}
{{- if eq .Table "customers"}}(s.attributes = e.attributes OR (NOT e.within AND s.attributes = events.said(e.attributes, {{.Covers}})))
{{- else}}({{range $i, $f := .Fields}}{{if $i}} AND {{end}}s.{{$f}} IS NOT DISTINCT FROM e.{{$f}}{{else}}true{{end}}){{end}}
{{- end}}
