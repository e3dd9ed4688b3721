-- Stages a file of visits.
CREATE TEMP TABLE staged AS
WITH texts AS NOT MATERIALIZED (
    SELECT
        {{.Text "customer"}} AS customer,
        {{.Text "product"}} AS product,
        {{.Text "at"}} AS at_text,
        {{.Text "seconds"}} AS seconds_text
    FROM {{.Source}}
),
numbers AS NOT MATERIALIZED (
    SELECT *, {{.Clock "at"}} AS at_number, try_cast({{.Number "seconds"}} AS DOUBLE) AS seconds_number FROM texts
),
parsed AS NOT MATERIALIZED (
    SELECT *, {{.Time "at"}} AS time, CASE WHEN isfinite(seconds_number) THEN seconds_number END AS number FROM numbers
)
SELECT
    customer, product, time,
    coalesce(try_cast(number AS BIGINT), 0) AS seconds,
    CASE
        {{- template "no id" .On "customer"}}
        {{- template "no id" .On "product"}}
        {{- if .Has "at"}}{{template "bad time" .On "at" "time" "time"}}{{end}}
        {{- if .Has "seconds"}}{{template "odd number" .On "seconds" "number"}}
        WHEN number < 0 THEN 'seconds|seconds is negative'
        WHEN number > 1e15 THEN 'seconds|seconds is too large'
        {{- end}}
    END AS problem
FROM parsed
