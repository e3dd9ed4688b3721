-- What posted rows are put into before they are read like those of a file.
CREATE TEMP TABLE posted ({{range $i, $c := .}}{{if $i}}, {{end}}{{$c}} VARCHAR{{end}})
