-- Stages a file of purchase lines. The amount is the given one, or quantity
-- times price; a return has both quantity and amount negative. A line of an order
-- that was void is good, and counts for nothing: it stands aside, unless it takes back
-- another line itself.
CREATE TEMP TABLE staged AS
WITH texts AS NOT MATERIALIZED (
    SELECT
        {{.Buyer}} AS customer,
        {{.IsGuest}} AS guest,
        {{.Text "product"}} AS product,
        {{.Text "at"}} AS at_text,
        coalesce({{.Text "basket"}}, '') AS basket,
        {{.Text "quantity"}} AS quantity_text,
        {{.Text "price"}} AS price_text,
        {{.Text "amount"}} AS amount_text,
        {{.Text "status"}} AS status_text
    FROM {{.Source}}
),
numbers AS NOT MATERIALIZED (
    SELECT *,
        {{.Clock "at"}} AS at_number,
        {{if .Has "quantity"}}try_cast({{.Number "quantity"}} AS DECIMAL(18,3)){{else}}CAST(1 AS DECIMAL(18,3)){{end}} AS units,
        try_cast({{.Number "price"}} AS DECIMAL(18,6)) AS price,
        try_cast({{.Number "amount"}} AS DECIMAL(18,4)) AS given,
        {{.Word "status"}} AS state
    FROM texts
),
parsed AS NOT MATERIALIZED (
    SELECT *,
        {{.Time "at"}} AS time,
        {{if or (.Has "amount") (.Has "price")}}coalesce(given, try_cast(CAST(units AS DECIMAL(20,3)) * price AS DECIMAL(18,4)))
        {{- else}}CAST(0 AS DECIMAL(18,4)){{end}} AS money,
        {{if .Cancels}}regexp_full_match(basket, 'C[0-9]+'){{else}}false{{end}} AS cancelled,
        coalesce(units < 0, false) {{if not (.Has "quantity")}}OR coalesce(given < 0, false) {{end}}{{if .Cancels}}OR regexp_full_match(basket, 'C[0-9]+'){{end}}{{if .Has "status"}}
            OR state IS NOT DISTINCT FROM 'returned' OR state IS NOT DISTINCT FROM 'void' AND coalesce(given < 0, false){{end}} AS returned
    FROM numbers
)
SELECT
    customer, product, time, basket,
    CASE WHEN returned THEN -abs(units) ELSE units END AS quantity,
    CASE WHEN returned THEN -abs(money) ELSE money END AS amount,
    -- For the receipt: guests, cancellations, and how far the amount is from quantity × price.
    guest,
    cancelled,
    state,
    {{if and (.Has "price") (.Has "amount")}}CAST(abs(given) AS DOUBLE) - abs(CAST(units AS DOUBLE) * CAST(price AS DOUBLE)){{else}}CAST(NULL AS DOUBLE){{end}} AS beyond,
    CASE
        {{- if .Has "status"}}
        WHEN state = 'void' AND NOT returned AND ({{.Missing "customer"}} OR {{.Missing "product"}}) THEN 'aside'
        {{- end}}
        {{- if .Has "guest"}}
        WHEN {{.Missing "customer"}} THEN 'customer|the order is nobody''s: customer and e-mail address are empty'
        {{- end}}
        {{- template "no id" .On "customer"}}
        {{- template "no id" .On "product"}}
        {{- if .Has "status"}}
        WHEN state IS NULL AND NOT ({{.Missing "status_text"}}) THEN 'status|status is none of {{.WordList "status"}}; --map status= leaves it out'
        WHEN state = 'void' AND NOT returned THEN 'aside'
        {{- end}}
        {{- if .Has "at"}}{{template "bad time" .On "at" "time" "time"}}{{end}}
        {{- if .Has "quantity"}}
        WHEN {{.Absent "quantity_text"}} THEN 'quantity|quantity is empty'
        {{- template "odd number" .On "quantity" "units"}}
        WHEN units = 0 THEN 'quantity|quantity is 0'
        {{- end}}
        {{- if .Has "price"}}{{template "odd number" .On "price" "price"}}
        WHEN price < 0 THEN 'price|price is negative'
        {{- end}}
        {{- if .Has "amount"}}{{template "odd number" .On "amount" "given"}}{{end}}
        {{- if and (.Has "price") (.Has "amount")}}
        WHEN given IS NULL AND price IS NULL THEN 'amount|amount and price are empty'
        {{- else if .Has "price"}}
        WHEN price IS NULL THEN 'price|price is empty'
        {{- else if .Has "amount"}}
        WHEN given IS NULL THEN 'amount|amount is empty'
        {{- end}}
        WHEN money IS NULL THEN '{{if .Has "amount"}}amount{{else}}price{{end}}|amount is too large'
    END AS problem
FROM parsed
