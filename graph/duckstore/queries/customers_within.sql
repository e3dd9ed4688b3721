-- As customers.sql, with the numbers of those who call, where the file $1 has the numbers
-- of all who called or were called in the window. From and To are its bounds in microseconds.
{{- if .CallsAlone}}
SELECT id, '' AS attributes, n FROM {{.Schema}}.ids WHERE n IN (SELECT n FROM read_parquet($1))
{{- else}}
WITH known AS (
    SELECT id, attributes FROM people.customers
    QUALIFY row_number() OVER (PARTITION BY id ORDER BY import_id DESC, attributes DESC) = 1
), called AS (
    SELECT id, n FROM {{.Schema}}.ids WHERE n IN (SELECT n FROM read_parquet($1))
), others AS (
    SELECT customer AS id FROM people.usage
    WHERE time IS NULL OR (time >= make_timestamp({{.From}}) AND time < make_timestamp({{.To}}))
    UNION
    SELECT customer FROM people.purchases
    WHERE time IS NULL OR (time >= make_timestamp({{.From}}) AND time < make_timestamp({{.To}}))
    UNION
    SELECT customer FROM people.known_visits(make_timestamp({{.To}}))
    WHERE time IS NULL OR (time >= make_timestamp({{.From}}) AND time < make_timestamp({{.To}}))
)
SELECT id, attributes, n FROM known LEFT JOIN {{.Schema}}.ids USING (id)
UNION ALL
SELECT id, '', n FROM called ANTI JOIN known USING (id)
UNION ALL
SELECT id, '', n
FROM (others ANTI JOIN known USING (id)) LEFT JOIN {{.Schema}}.ids USING (id)
WHERE n IS NULL OR n NOT IN (SELECT n FROM read_parquet($1))
{{- end}}
