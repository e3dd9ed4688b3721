{{- /* The plain calls of a passing file in the order of the file, with the numbers of
events.ids. Where some ids are known these are looked up in a list, which, unlike
a join, keeps the order. */ -}}

{{define "plain ends"}}
    {{- if .Shift}}CAST(caller + {{.First}} AS UINTEGER){{else}}ns[caller + 1]{{end}} AS caller,
    {{if .Shift}}CAST(callee + {{.First}} AS UINTEGER){{else}}ns[callee + 1]{{end}} AS callee,
    {{if .Timed}}time{{else}}CAST(NULL AS TIMESTAMP) AS time{{end}}
{{- end}}

{{define "plain rows"}}
    {{- template "plain ends" .}},
    CASE length & 3 WHEN 0 THEN CAST('voice' AS events.call_kind) WHEN 1 THEN CAST('message' AS events.call_kind) ELSE CAST('data' AS events.call_kind) END AS kind,
    CAST(length >> {{.Bits}} AS BIGINT) AS seconds,
    length & {{.Unanswered}} = 0 AS answered
{{- end}}

{{define "plain source" -}}
    read_parquet({{.File}}){{if not .Shift}}, (SELECT list(n ORDER BY local) AS ns FROM ends){{end}}
{{- end}}
