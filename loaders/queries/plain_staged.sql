-- Stages plain calls with numbers for their ends{{if .Most}}, the first ones only{{end}}. Rows that are
-- not plain have their place among them, still without anything in it.
CREATE TEMP TABLE staged AS
SELECT {{template "plain rows" .}},
    false AS received, CAST(NULL AS BIGINT) AS bytes, CAST(NULL AS VARCHAR) AS problem, CAST(NULL AS VARCHAR) AS witness
FROM {{template "plain source" .}}
{{- if .Most}}
LIMIT {{.Most}}
{{- end}}
