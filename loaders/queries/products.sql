-- Stages a file of products.
CREATE TEMP TABLE staged AS
WITH texts AS NOT MATERIALIZED (
    SELECT
        {{.Text "id"}} AS id,
        coalesce({{.Text "name"}}, '') AS name,
        coalesce({{.Text "category"}}, '') AS category,
        {{.Text "price"}} AS price_text,
        {{.Text "available_from"}} AS available_from_text,
        {{.End "available_to"}} AS available_to_text
    FROM {{.Source}}
),
numbers AS NOT MATERIALIZED (
    SELECT *,
        try_cast({{.Number "price"}} AS DECIMAL(18,4)) AS price,
        {{.Clock "available_from"}} AS available_from_number,
        {{.Clock "available_to"}} AS available_to_number
    FROM texts
),
parsed AS NOT MATERIALIZED (
    SELECT *, {{.Time "available_from"}} AS available_from, {{.Time "available_to"}} AS available_to FROM numbers
)
SELECT
    id, name, category, price, available_from, available_to,
    CASE
        {{- template "no id" .On "id"}}
        {{- if .Has "price"}}{{template "odd number" .On "price" "price"}}
        WHEN price < 0 THEN 'price|price is negative'
        {{- end}}
        {{- if .Has "available_from"}}{{template "odd time" .On "available_from" "available_from" "available_from"}}{{end}}
        {{- if .Has "available_to"}}{{template "odd time" .On "available_to" "available_to" "available_to"}}{{end}}
    END AS problem
FROM parsed
