-- Stages a file of customers who left.
CREATE TEMP TABLE staged AS
WITH texts AS NOT MATERIALIZED (
    SELECT {{.Text "customer"}} AS customer, {{.Text "at"}} AS at_text FROM {{.Source}}
),
numbers AS NOT MATERIALIZED (
    SELECT *, {{.Clock "at"}} AS at_number FROM texts
),
parsed AS NOT MATERIALIZED (
    SELECT *, {{.Time "at"}} AS time FROM numbers
)
SELECT
    customer, time,
    CASE
        {{- template "no id" .On "customer"}}
        {{- template "bad time" .On "at" "time" "time"}}
    END AS problem
FROM parsed
