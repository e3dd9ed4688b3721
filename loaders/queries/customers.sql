-- Stages a file of customers. Attributes are JSON of their types; empty ones are
-- left out.
CREATE TEMP TABLE staged AS
WITH texts AS NOT MATERIALIZED (
    SELECT
        {{.Text "id"}} AS id
        {{- range .Attributes}},
        {{.Text}} AS {{.Name}}
        {{- end}}
    FROM {{.Source}}
)
SELECT
    id,
    '{' || concat_ws(',', NULL
        {{- range .Attributes}},
        CASE WHEN NOT ({{.Missing}}) {{if .Holds}}AND {{.Holds}}{{end}} THEN {{.Key}} || {{.JSON}} END
        {{- end}}) || '}' AS attributes,
    CASE
        {{- template "no id" .On "id"}}
        {{- range .Attributes}}{{if .Holds}}
        WHEN NOT ({{.Missing}}) AND NOT ({{.Holds}}) THEN {{.Problem}}
        {{- end}}{{end}}
    END AS problem
FROM texts
