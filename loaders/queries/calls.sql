-- Stages a file of calls: one row of staged for each row of the file, in the
-- order of the file, so that rowid counts them from some base. problem is NULL
-- for a good row. The other kinds are staged likewise. Of a record of one side
-- the direction says who of the two called. A data session without another side
-- is lone: good, but no call; its problem is 'aside'.
CREATE TEMP TABLE staged AS
WITH texts AS NOT MATERIALIZED (
    SELECT
        {{.Text "caller"}} AS caller,
        {{.Text "callee"}} AS callee,
        {{.Text "at"}} AS at_text,
        {{.Text "kind"}} AS kind_text,
        {{.Text "seconds"}} AS seconds_text,
        {{.Text "answered"}} AS answered_text,
        {{.Text "direction"}} AS direction_text,
        {{.Text "bytes"}} AS bytes_text
        {{- if .Has "subscriber"}},
        {{.Text "subscriber"}} AS subscriber
        {{- end}}
        {{- if .Has "other"}},
        {{.Text "other"}} AS other
        {{- end}}
    FROM {{.Source}}
),
numbers AS NOT MATERIALIZED (
    SELECT *, {{.Clock "at"}} AS at_number, try_cast({{.Number "seconds"}} AS DOUBLE) AS seconds_number,
        try_cast({{.Number "bytes"}} AS DOUBLE) AS bytes_number, {{.Word "kind"}} AS kind
    FROM texts
),
sides AS NOT MATERIALIZED (
    SELECT *, {{.Word "direction"}} AS side,
        coalesce(kind = 'data', false) AND ({{.Missing "callee"}}){{if .Has "other"}} AND ({{.Missing "other"}}){{end}} AS lone
    FROM numbers
),
parsed AS NOT MATERIALIZED (
    SELECT *
        {{- if and (.Has "subscriber") (.Has "other")}} REPLACE (
            CASE WHEN caller IS NOT NULL OR subscriber IS NULL THEN caller WHEN side = 'in' AND NOT lone THEN other ELSE subscriber END AS caller,
            CASE WHEN callee IS NOT NULL OR subscriber IS NULL THEN callee WHEN side = 'in' AND NOT lone THEN subscriber ELSE other END AS callee)
        {{- else if .Has "subscriber"}} REPLACE (coalesce(caller, subscriber) AS caller)
        {{- else if .Has "other"}} REPLACE (coalesce(callee, other) AS callee)
        {{- end}},
        {{.Time "at"}} AS time,
        CASE WHEN isfinite(seconds_number) THEN seconds_number END AS number,
        CASE WHEN isfinite(bytes_number) THEN bytes_number END AS volume,
        CAST({{.Word "answered"}} AS BOOLEAN) AS answer
    FROM sides
)
SELECT
    caller, CASE WHEN NOT lone THEN callee END AS callee, time, kind,
    CASE WHEN number > 0 THEN try_cast(number AS BIGINT) ELSE 0 END AS seconds,
    coalesce(answer, number IS NULL OR number <> -1) AS answered,
    coalesce(side = 'in', false) AND time IS NOT NULL AS received,
    CASE WHEN lone AND volume BETWEEN 0 AND 1e18 THEN CAST(volume AS BIGINT) END AS bytes,
    CASE
        {{- template "no id" .On "caller"}}
        WHEN NOT lone AND ({{.Missing "callee"}}) THEN 'callee|callee is empty'
        {{- template "odd id" .On "callee"}}
        {{- if .Column "direction"}}
        WHEN side IS NULL AND NOT lone AND NOT ({{.Absent "direction_text"}}) THEN 'direction|direction is none of {{.WordList "direction"}}'
        {{- if .Has "subscriber"}}
        WHEN side IS NULL AND NOT lone AND subscriber IS NOT NULL THEN 'direction|direction is empty'
        {{- end}}
        {{- end}}
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
        {{- if .Has "bytes"}}
        WHEN lone AND volume IS NULL AND NOT ({{.Absent "bytes_text"}}) THEN 'bytes|bytes is not a number'
        WHEN lone AND volume < 0 THEN 'bytes|bytes is negative'
        WHEN lone AND volume > 1e18 THEN 'bytes|bytes is too large'
        {{- end}}
        WHEN lone THEN 'aside'
    END AS problem
FROM parsed
