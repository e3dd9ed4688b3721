-- Stages a file of customers who left. Those of whom it says that they are still
-- here, or, where it says of nobody who left, not when they did, are good, but no
-- departures: they stand aside.
CREATE TEMP TABLE staged AS
WITH texts AS NOT MATERIALIZED (
    SELECT {{.Text "customer"}} AS customer, {{.End "at"}} AS at_text, {{.Text "left"}} AS left_text, {{.Text "active"}} AS active_text FROM {{.Source}}
),
numbers AS NOT MATERIALIZED (
    SELECT *, {{.Clock "at"}} AS at_number FROM texts
),
parsed AS NOT MATERIALIZED (
    SELECT *, {{.Time "at"}} AS time_read, coalesce({{.Word "left"}}, {{.Word "active"}}) AS gone FROM numbers
)
SELECT
    customer, CASE WHEN gone IS DISTINCT FROM 'false' THEN time_read END AS time,
    CASE
        {{- template "no id" .On "customer"}}
        {{- if .Column "left"}}
        WHEN gone IS NULL AND NOT ({{.Absent "left_text"}}) THEN 'left|left is none of {{.WordList "left"}}'
        {{- end}}
        {{- if .Column "active"}}
        WHEN gone IS NULL AND NOT ({{.Absent "active_text"}}) THEN 'active|active is none of {{.WordList "active"}}'
        {{- end}}
        WHEN gone = 'false' THEN 'aside'
        {{- if not (or (.Has "left") (.Has "active"))}}
        WHEN {{.Missing "at_text"}} THEN 'aside'
        {{- end}}
        {{- template "bad time" .On "at" "time_read" "time"}}
    END AS problem
FROM parsed
