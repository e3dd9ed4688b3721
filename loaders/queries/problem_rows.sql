-- Rows with a problem, in the order of the file, a batch at a time, with the
-- first column as a witness. Those of a text file are found there again by
-- their number, so they have no text here.
{{if .Parquet -}}
SELECT ord, problem, '', text FROM rejected WHERE ord > ? ORDER BY ord LIMIT {{.Batch}}
{{- else -}}
SELECT rowid - {{.Base}}, problem, coalesce({{.Witness}}, ''), '' FROM staged
WHERE rowid > ? + {{.Base}} AND problem <> 'aside' AND NOT starts_with(problem, 'duplicate')
ORDER BY rowid LIMIT {{.Batch}}
{{- end}}
