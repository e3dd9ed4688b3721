-- Stages a file of customers. Attributes are texts; empty ones are left out.
CREATE TEMP TABLE staged AS
WITH texts AS NOT MATERIALIZED (
    SELECT
        {{.Text "id"}} AS id
        {{- range $i, $a := .Attributes}},
        {{$a.Text}} AS a{{$i}}
        {{- end}}
    FROM {{.Source}}
)
SELECT
    id,
    '{' || concat_ws(',', NULL
        {{- range $i, $a := .Attributes}},
        CASE WHEN a{{$i}} <> '' THEN {{$a.Key}} || CAST(to_json(a{{$i}}) AS VARCHAR) END
        {{- end}}) || '}' AS attributes,
    CASE
        {{- template "no id" .On "id"}}
    END AS problem
FROM texts
