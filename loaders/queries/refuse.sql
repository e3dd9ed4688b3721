-- Rejects the rows that name somebody or something that no file of customers or
-- products has described. Of a call one side is enough.
UPDATE staged SET problem = '{{index .Columns 0}}|{{.Reason}}'
WHERE coalesce(problem, 'aside') = 'aside'
{{- range .Columns}} AND coalesce({{.}} <> '', true) AND NOT EXISTS (SELECT 1 FROM events.{{$.Table}} AS k WHERE k.id = staged.{{.}}){{end}}
