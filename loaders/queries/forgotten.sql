-- Marks every row, good or not, that has an id of somebody who asked to be
-- forgotten. Each id is hashed once.
WITH ids AS (
{{- range $i, $p := .}}
    {{if $i}}UNION {{end}}SELECT {{$p}} AS id FROM staged
{{- end}}
),
gone AS MATERIALIZED (
    SELECT id FROM ids WHERE sha256((SELECT salt FROM privacy.salt) || id) IN (SELECT mark FROM privacy.forgotten)
)
UPDATE staged SET problem = '{{index . 0}}|the person asked to be forgotten'
WHERE {{range $i, $p := .}}{{if $i}} OR {{end}}{{$p}} IN (SELECT id FROM gone){{end}}
