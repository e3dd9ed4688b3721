-- Gives each of the products in temp.folded, of every field, what the newest import
-- has said that has a column for it.
UPDATE events.products SET
    {{- range .Fields}}
    {{.}} = {{template "or none" .}},
    {{- end}}
    carried = f.carried
FROM (
    SELECT *, map_from_entries(nullif(list_filter([
        {{- range $i, $f := .Fields}}{{if $i}}, {{end}}('{{$f}}', {{$f}}_of.import_id){{end}}], lambda e: e[2] <> import_id), [])) AS carried
    FROM (
        SELECT e.id, e.import_id
            {{- range .Fields}},
            arg_max({'value': r.{{.}}, 'import_id': r.import_id}, (r.place, r.import_id)) FILTER (r.covers IS NULL OR list_contains(r.covers, '{{.}}')) AS {{.}}_of
            {{- end}}
        FROM events.products AS e
        JOIN (
            SELECT p.*, coalesce(c.place, p.import_id) AS place, c.covers
            FROM (
                SELECT id, {{.Content}}, import_id FROM events.products
                UNION ALL SELECT id, {{.Content}}, import_id FROM events.former_products
            ) AS p
            SEMI JOIN folded USING (id)
            LEFT JOIN covering AS c USING (import_id)
        ) AS r ON r.id = e.id
        GROUP BY e.id, e.import_id
    )
) AS f
WHERE f.id = products.id
{{- define "or none"}}{{if or (eq . "name") (eq . "category")}}coalesce(f.{{.}}_of.value, ''){{else}}f.{{.}}_of.value{{end}}{{end}}
