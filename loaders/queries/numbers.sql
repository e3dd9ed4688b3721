-- Stages a file of who held which telephone number when. No time is since ever,
-- and ever since.
CREATE TEMP TABLE staged AS
WITH texts AS NOT MATERIALIZED (
    SELECT {{.Text "number"}} AS number, {{.Text "customer"}} AS customer, {{.Text "at"}} AS at_text, {{.End "until"}} AS until_text FROM {{.Source}}
),
numbers AS NOT MATERIALIZED (
    SELECT *, {{.Clock "at"}} AS at_number, {{.Clock "until"}} AS until_number FROM texts
),
parsed AS NOT MATERIALIZED (
    SELECT *, {{.Time "at"}} AS time, {{.Time "until"}} AS to_at FROM numbers
)
SELECT
    number, customer, time, to_at,
    CASE
        {{- template "no id" .On "number"}}
        {{- template "no id" .On "customer"}}
        {{- if .Has "at"}}{{template "odd time" .On "at" "time" "at"}}{{end}}
        {{- if .Has "until"}}{{template "odd time" .On "until" "to_at" "until"}}{{end}}
        WHEN to_at <= time THEN 'until|until is not after at'
    END AS problem
FROM parsed
