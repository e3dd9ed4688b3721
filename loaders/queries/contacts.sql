-- Stages a file of campaign contacts. A response is yes or no, or a word for
-- one of them, which is kept as the outcome.
CREATE TEMP TABLE staged AS
WITH texts AS NOT MATERIALIZED (
    SELECT
        {{.Text "customer"}} AS customer,
        {{.Text "at"}} AS at_text,
        coalesce({{.Text "campaign"}}, '') AS campaign,
        coalesce({{.Text "arm"}}, '') AS arm,
        coalesce({{.Text "channel"}}, '') AS channel,
        {{.Text "response"}} AS response_text,
        {{.Text "conversion"}} AS conversion_text,
        {{.Text "revenue"}} AS revenue_text
    FROM {{.Source}}
),
numbers AS NOT MATERIALIZED (
    SELECT *, {{.Clock "at"}} AS at_number, try_cast({{.Number "revenue"}} AS DECIMAL(18,4)) AS revenue FROM texts
),
parsed AS NOT MATERIALIZED (
    SELECT *,
        {{.Time "at"}} AS time,
        CAST({{.Word "response"}} AS BOOLEAN) AS response,
        CAST({{.Word "conversion"}} AS BOOLEAN) AS converted
    FROM numbers
)
SELECT
    customer, time, campaign, arm, channel,
    {{if .Has "response"}}response{{else}}nullif(converted, false){{end}} AS responded,
    CASE WHEN lower(response_text) IN ('yes', 'y', 'true', 't', '1', 'no', 'n', 'false', 'f', '0')
        OR {{.Absent "response_text"}} THEN '' ELSE response_text END AS outcome,
    converted, revenue,
    CASE
        {{- template "no id" .On "customer"}}
        {{- if .Has "at"}}{{template "bad time" .On "at" "time" "time"}}{{end}}
        {{- if .Column "response"}}
        WHEN response IS NULL AND NOT ({{.Absent "response_text"}}) THEN 'response|response is none of {{.WordList "response"}}'
        {{- end}}
        {{- if .Column "conversion"}}
        WHEN converted IS NULL AND NOT ({{.Absent "conversion_text"}}) THEN 'conversion|conversion is none of {{.WordList "conversion"}}'
        {{- end}}
        {{- if .Has "revenue"}}{{template "odd number" .On "revenue" "revenue"}}{{end}}
    END AS problem
FROM parsed
