{{- /* An odd row has the number of its place among them as its caller. To look what is
wrong with it up in a list keeps the order of rows, and takes a fraction of the time of
an UPDATE. */ -}}
-- Stages plain calls with numbers for their ends. Rows that are
-- not plain have their place among them{{if .Odd}}, with what is wrong with them; plain_odd.sql fills in
-- those with which nothing is{{end}}.
CREATE TEMP TABLE staged AS
SELECT {{template "plain rows" .}},
    false AS received, CAST(NULL AS BIGINT) AS bytes,
    {{if .Odd}}CASE WHEN length = {{.OddLength}} THEN problems[caller + 1] END{{else}}CAST(NULL AS VARCHAR){{end}} AS problem,
    {{if .Odd}}CASE WHEN length = {{.OddLength}} THEN witnesses[caller + 1] END{{else}}CAST(NULL AS VARCHAR){{end}} AS witness
FROM {{template "plain source" .}}
{{- if .Odd}}, (
    SELECT list(problem ORDER BY k) AS problems, list(CASE WHEN problem IS NOT NULL THEN caller END ORDER BY k) AS witnesses
    FROM odd
)
{{- end}}
