-- For each possible type of an attribute how many rows have a value, and whether
-- all of them are of the type.
SELECT
    {{- range $i, $t := .Types}}{{if $i}},{{end}}
    count(*) FILTER (NOT ({{$t.Missing}})), bool_and({{$t.Holds}}) FILTER (NOT ({{$t.Missing}}))
    {{- end}}
FROM (
    SELECT
        {{- range $i, $t := .Types}}{{if $i}},{{end}}
        {{$t.Text}} AS x{{$i}}
        {{- end}}
    FROM {{.Source}}
)
