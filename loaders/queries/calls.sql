-- Stages a file of calls: one row of staged for each row of the file, in the
-- order of the file, so that rowid counts them from some base. problem is NULL
-- for a good row. The other kinds are staged likewise.
CREATE TEMP TABLE staged AS
WITH texts AS NOT MATERIALIZED (
    SELECT
        {{.Text "caller"}} AS caller,
        {{.Text "callee"}} AS callee,
        {{.Text "at"}} AS at_text,
        {{.Text "kind"}} AS kind_text,
        {{.Text "seconds"}} AS seconds_text,
        {{.Text "answered"}} AS answered_text
    FROM {{.Source}}
),
numbers AS NOT MATERIALIZED (
    SELECT *, {{.Clock "at"}} AS at_number, try_cast({{.Number "seconds"}} AS DOUBLE) AS seconds_number FROM texts
),
parsed AS NOT MATERIALIZED (
    SELECT *,
        {{.Time "at"}} AS time,
        {{.Word "kind"}} AS kind,
        CASE WHEN isfinite(seconds_number) THEN seconds_number END AS number,
        CAST({{.Word "answered"}} AS BOOLEAN) AS answer
    FROM numbers
)
SELECT
    caller, callee, time, kind,
    CASE WHEN number > 0 THEN try_cast(number AS BIGINT) ELSE 0 END AS seconds,
    coalesce(answer, number IS NULL OR number <> -1) AS answered,
    CASE
        {{- template "no id" .On "caller"}}
        {{- template "no id" .On "callee"}}
        WHEN caller = callee THEN 'callee|caller and callee are the same'
        {{- if .Has "at"}}{{template "bad time" .On "at" "time" "time"}}{{end}}
        {{- if .Column "kind"}}
        WHEN kind IS NULL THEN 'kind|kind is none of voice, message and data'
        {{- end}}
        {{- if .Has "seconds"}}{{template "odd number" .On "seconds" "number"}}
        WHEN number < 0 AND number <> -1 THEN 'seconds|seconds is negative'
        WHEN number > 1e15 THEN 'seconds|seconds is too large'
        {{- end}}
        {{- if .Column "answered"}}
        WHEN answer IS NULL AND NOT ({{.Absent "answered_text"}}) THEN 'answered|answered is none of yes and no'
        {{- end}}
    END AS problem
FROM parsed
