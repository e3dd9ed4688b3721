-- Stores the last good row of each id, with what is carried on.
INSERT INTO events.{{.Table}} ({{.Columns}}, import_id, carried)
SELECT s.id,
    {{- if eq .Table "customers"}}
    CASE WHEN k.id IS NULL THEN s.attributes ELSE '{' || array_to_string(list_transform(
        list_sort(list_concat(k.kept, map_entries(CAST(CAST(s.attributes AS JSON) AS MAP(VARCHAR, JSON))))),
        lambda e: CAST(to_json(e.key) AS VARCHAR) || ':' || CAST(e.value AS VARCHAR)), ',') || '}' END,
    {{- else}}
    {{- range .Fields}}
    CASE WHEN k.carried['{{.}}'] IS NULL THEN s.{{.}} ELSE k.{{.}} END,
    {{- end}}
    {{- end}}
    {{.Import}}, k.carried
FROM (
    SELECT rowid AS ord, {{.Columns}} FROM staged WHERE problem IS NULL
    QUALIFY row_number() OVER (PARTITION BY id ORDER BY rowid DESC) = 1
) AS s
LEFT JOIN carry AS k ON k.id = s.id
ORDER BY s.ord
