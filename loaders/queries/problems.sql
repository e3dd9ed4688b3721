{{- /* What may be wrong with a row, for the CASE that names it. A problem is
"field|reason"; the column of the field goes into the rejects. Two sorts of rows
have one and are not rejected: a "duplicate|reason", and "aside", a good row that
is not one of the kind: a data session without another side, or somebody who has
not left. */ -}}

{{define "no id"}}
        WHEN {{.Missing .Field}} THEN '{{.Field}}|{{.Field}} is empty'
        {{- template "odd id" .}}
{{- end}}

{{define "odd id"}}
        {{- if .Parquet}}
        WHEN contains({{.Field}}, chr(0)) THEN '{{.Field}}|the row contains a NUL byte'
        {{- end}}
        {{- template "plain id" .}}
{{- end}}

{{define "plain id"}}
        WHEN {{.Cut}} THEN '{{.Field}}|{{.Field}} is a number that a spreadsheet has cut, as 4.17E+11, so that nobody knows whose it was: export the column as text'
        {{- if .Sealed}}
        WHEN NOT ({{.Missing .Field}}) AND NOT regexp_full_match({{.Field}}, '[0-9a-f]{64}')
            THEN '{{.Field}}|{{.Field}} is not hashed, as the ids of earlier imports are'
        {{- end}}
{{- end}}

{{define "bad time"}}
        WHEN {{.Missing .RawName}} THEN '{{.Field}}|{{.Label}} is empty'
{{- template "odd time" .}}
{{- end}}

{{define "odd time"}}
        {{- if .Joined .Field}}
        WHEN starts_with({{.RawName}}, ' ') THEN '{{.Field}}|the date is empty'
        WHEN ends_with({{.RawName}}, ' ') THEN '{{.Field}} clock|the time of day is empty'
        WHEN ends_with({{.RawName}}, ' ?') THEN '{{.Field}} clock|the time of day is not a possible one'
        WHEN {{.Name}} IS NULL AND NOT ({{.Missing .RawName}}) THEN '{{.Field}}|the date is not a possible one'
        {{- end}}
        WHEN {{.Name}} IS NULL AND NOT ({{.Missing .RawName}}) THEN '{{.Field}}|{{.Label}} is not a possible time'
        WHEN {{.Name}} < TIMESTAMP '1900-01-01' OR {{.Name}} >= TIMESTAMP '2201-01-01'
            THEN '{{.Field}}|{{.Label}} is outside of the years 1900 to 2200'
{{- end}}

{{define "odd number"}}
        WHEN {{.Name}} IS NULL AND NOT ({{.Absent .RawName}}) THEN '{{.Field}}|{{.Field}} is not a number'
{{- end}}
