-- Stages a file of surveys and complaints. A scale is written as 1-5 or 0 to 10.
CREATE TEMP TABLE staged AS
WITH texts AS NOT MATERIALIZED (
    SELECT
        {{.Text "customer"}} AS customer,
        {{.Text "at"}} AS at_text,
        {{.Text "kind"}} AS kind_text,
        coalesce({{.Text "topic"}}, '') AS topic,
        {{.Answer}} AS score_text,
        {{.Text "scale"}} AS scale_text,
        coalesce({{.Text "comment"}}, '') AS comment
    FROM {{.Source}}
),
numbers AS NOT MATERIALIZED (
    SELECT *,
        {{.Clock "at"}} AS at_number,
        {{.Score}} AS score_number,
        regexp_extract(lower(scale_text), '^(-?[0-9.]+) *(?:-|–|to|bis|\.\.|…|/|:) *(-?[0-9.]+)$', ['low', 'high']) AS ends
    FROM texts
),
parsed AS NOT MATERIALIZED (
    SELECT *,
        {{.Time "at"}} AS time,
        {{.Word "kind"}} AS kind,
        CASE WHEN isfinite(score_number) THEN score_number END AS score,
        try_cast(ends.low AS DOUBLE) AS lowest,
        try_cast(ends.high AS DOUBLE) AS highest
    FROM numbers
)
SELECT
    customer, time, kind, topic, score, lowest, highest, comment,
    CASE
        {{- template "no id" .On "customer"}}
        {{- if .Has "at"}}{{template "bad time" .On "at" "time" "time"}}{{end}}
        {{- if .Column "kind"}}
        WHEN kind IS NULL THEN 'kind|kind is none of {{.WordList "kind"}}'
        {{- end}}
        {{- if .Has "score"}}
        WHEN score IS NULL AND NOT ({{.Absent "score_text"}}) THEN {{.NoScore}}
        {{- end}}
        {{- if .Has "scale"}}
        WHEN score IS NOT NULL AND (lowest IS NULL OR highest IS NULL OR lowest >= highest) THEN 'scale|scale is not one such as 1-5'
        WHEN score < lowest OR score > highest THEN 'score|score is outside of its scale'
        {{- end}}
        {{- if .Has "score"}}
        WHEN score IS NULL AND kind = 'survey' AND comment = '' THEN 'score|{{if .Has "comment"}}score and comment are empty{{else}}score is empty{{end}}'
        {{- else if .Has "comment"}}
        WHEN kind = 'survey' AND comment = '' THEN 'comment|comment is empty'
        {{- end}}
    END AS problem
FROM parsed
