-- The same of products, whose attributes are fields.
SELECT count(*), array_to_string(list_sort(list_distinct(flatten(list(DISTINCT gone)))), ', ')
FROM (
    SELECT list_filter([{{range $i, $f := .Absent}}{{if $i}}, {{end}}CASE WHEN nullif(CAST({{$f}} AS VARCHAR), '') IS NOT NULL THEN '{{$f}}' END{{end}}], lambda name: name IS NOT NULL) AS gone
    FROM events.former_products
    WHERE replaced_by = {{.Import}}
)
WHERE len(gone) > 0
