-- Stages a file of products. What cannot be had was sold until 1970, so that no
-- window has it on sale.
CREATE TEMP TABLE staged AS
WITH texts AS NOT MATERIALIZED (
    SELECT
        {{.Text "id"}} AS id,
        coalesce({{.Text "name"}}, '') AS name,
        coalesce({{.Text "category"}}, '') AS category,
        {{.Text "price"}} AS price_text,
        {{.Text "available_from"}} AS available_from_text,
        {{.End "available_to"}} AS available_to_text,
        {{.Text "in_stock"}} AS in_stock_text
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
    SELECT *, {{.Time "available_from"}} AS available_from, {{.Time "available_to"}} AS available_to, {{.Word "in_stock"}} AS in_stock FROM numbers
)
SELECT
    id, name, category, price, available_from,
    CASE WHEN in_stock = 'false' THEN TIMESTAMP '1970-01-01 00:00:00' ELSE available_to END AS available_to,
    CASE
        {{- template "no id" .On "id"}}
        {{- if .Has "price"}}{{template "odd number" .On "price" "price"}}
        WHEN price < 0 THEN 'price|price is negative'
        {{- end}}
        {{- if .Has "available_from"}}{{template "odd time" .On "available_from" "available_from" "available_from"}}{{end}}
        {{- if .Has "available_to"}}{{template "odd time" .On "available_to" "available_to" "available_to"}}
        WHEN parsed.available_to < parsed.available_from THEN 'available_to|available_to is before available_from'
        {{- end}}
        {{- if .Column "in_stock"}}
        WHEN in_stock IS NULL AND NOT ({{.Absent "in_stock_text"}}) THEN 'in_stock|in_stock is none of {{.WordList "in_stock"}}'
        {{- end}}
    END AS problem
FROM parsed
