-- Notes the ids that no file has named before. The ids of a file are told apart
-- by their hashes, of 64 bits, which takes half the time of comparing texts.
INSERT INTO events.known (what, id, import_id)
SELECT {{.What}}, id, {{.Import}}
FROM (
    SELECT DISTINCT CASE r % {{len .Columns}}{{range $i, $c := .Columns}} WHEN {{$i}} THEN s.{{$c}}{{end}} END AS id
    FROM staged AS s
    JOIN (
        SELECT min(r) AS r
        FROM (
            {{- range $i, $c := .Columns}}
            {{if $i}}UNION ALL {{end}}SELECT hash({{$c}}) AS h, {{len $.Columns}} * rowid + {{$i}} AS r FROM staged WHERE problem IS NULL
            {{- end}}
        )
        GROUP BY h
    ) AS f ON s.rowid = f.r // {{len .Columns}}
) AS n
WHERE id <> '' AND NOT EXISTS (SELECT 1 FROM events.known AS k WHERE k.what = {{.What}} AND k.id = n.id)
