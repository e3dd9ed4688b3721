-- Stages a file of visits. One without a customer is anonymous, and needs a
-- session; one without a product needs a page.
CREATE TEMP TABLE staged AS
WITH texts AS NOT MATERIALIZED (
    SELECT
        {{.Text "customer"}} AS customer,
        {{.Text "session"}} AS session,
        {{.Text "product"}} AS product,
        {{.Text "page"}} AS page,
        {{.Text "at"}} AS at_text,
        {{.Text "seconds"}} AS seconds_text
    FROM {{.Source}}
),
numbers AS NOT MATERIALIZED (
    SELECT *, {{.Clock "at"}} AS at_number, try_cast({{.Number "seconds"}} AS DOUBLE) AS seconds_number FROM texts
),
parsed AS NOT MATERIALIZED (
    SELECT * REPLACE (
            {{if .Has "session"}}CASE WHEN {{.Missing "customer"}} THEN '' ELSE customer END{{else}}customer{{end}} AS customer,
            CASE WHEN {{.Missing "session"}} THEN '' ELSE session END AS session,
            {{if .Has "page"}}CASE WHEN {{.Missing "product"}} THEN '' ELSE product END{{else}}product{{end}} AS product,
            CASE WHEN {{.Missing "page"}} THEN '' ELSE page END AS page),
        {{.Time "at"}} AS time, CASE WHEN isfinite(seconds_number) THEN seconds_number END AS number
    FROM numbers
)
SELECT
    customer, session, product, page, time,
    coalesce(try_cast(number AS BIGINT), 0) AS seconds,
    CASE
        {{- if .Has "session"}}
        WHEN customer = '' AND session = '' THEN '{{if .Has "customer"}}customer|customer and session are empty{{else}}session|session is empty{{end}}'
        {{- if .Parquet}}
        WHEN contains(customer, chr(0)) OR contains(session, chr(0)) THEN 'session|the row contains a NUL byte'
        {{- end}}
        {{- template "plain id" .On "customer"}}
        {{- else}}{{template "no id" .On "customer"}}{{end}}
        {{- if .Has "page"}}
        WHEN product = '' AND page = '' THEN '{{if .Has "product"}}product|product and page are empty{{else}}page|page is empty{{end}}'
        {{- if .Parquet}}
        WHEN contains(product, chr(0)) OR contains(page, chr(0)) THEN 'page|the row contains a NUL byte'
        {{- end}}
        {{- else}}{{template "no id" .On "product"}}{{end}}
        {{- if .Has "at"}}{{template "bad time" .On "at" "time" "time"}}{{end}}
        {{- if .Has "seconds"}}{{template "odd number" .On "seconds" "number"}}
        WHEN number < 0 THEN 'seconds|seconds is negative'
        WHEN number > 1e9 THEN 'seconds|seconds is too large'
        {{- end}}
    END AS problem
FROM parsed
