-- Attributes that customers had, and for which the file that replaces them has no
-- column: of how many customers, and the first of the names.
SELECT count(*), array_to_string(list_sort(list_distinct(flatten(list(DISTINCT gone))))[1:8], ', ')
FROM (
    SELECT list_filter(json_keys(attributes), lambda name: NOT list_contains({{.Known}}, name)) AS gone
    FROM events.former_customers
    WHERE replaced_by = {{.Import}} AND attributes <> ''
)
WHERE len(gone) > 0
