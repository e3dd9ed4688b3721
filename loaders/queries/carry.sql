-- Finds what earlier imports have said of the ids of the file that it has no column
-- for, also that there is nothing, and which ones they are.
CREATE TEMP TABLE carry AS
SELECT * EXCLUDE (names, former), map_from_entries(list_transform(names, lambda name: (name, coalesce(former[name], import_id)))) AS carried
FROM (
    {{- if eq .Table "customers"}}
    SELECT id, import_id, former, list_filter(map_entries(pairs), lambda e: NOT list_contains({{.Covers}}, e.key)) AS kept,
        list_sort(list_filter(list_distinct(list_concat(coalesce(map_keys(former), []), coalesce(covers, map_keys(pairs)))), lambda name: NOT list_contains({{.Covers}}, name))) AS names
    FROM (
        SELECT e.id, e.import_id, e.carried AS former, c.covers, CAST(CAST(nullif(e.attributes, '') AS JSON) AS MAP(VARCHAR, JSON)) AS pairs
    {{- else}}
    SELECT * EXCLUDE (covers), list_filter([{{range $i, $f := .Fields}}{{if $i}}, {{end}}'{{$f}}'{{end}}], lambda name: NOT list_contains({{.Covers}}, name)
        AND (covers IS NULL OR list_contains(covers, name) OR former[name] IS NOT NULL)) AS names
    FROM (
        SELECT e.id, e.import_id, e.carried AS former, c.covers, {{.Content}}
    {{- end}}
        FROM events.{{.Table}} AS e
        SEMI JOIN (SELECT id FROM staged WHERE problem IS NULL) AS s ON s.id = e.id
        LEFT JOIN covering AS c ON c.import_id = e.import_id
        WHERE e.carried IS NOT NULL OR c.within IS NOT TRUE
    )
)
WHERE len(names) > 0
