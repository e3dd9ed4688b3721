-- Removes the rows that are about the person.
DELETE FROM {{.Table}}
WHERE false
{{- range .Columns}}
    OR ({{.Where}} AND CAST({{.Column}} AS VARCHAR) IN (SELECT name FROM temp.forget_names))
{{- end}}
