-- Stages a file of calls: one row of staged for each row of the file, in the
-- order of the file, so that rowid counts them from some base. problem is NULL
-- for a good row. The other kinds are staged likewise. Of a record of one side
-- the direction says who of the two called. A data session without another side,
-- or with an access point there, is lone: good, but no call; its problem is 'aside'.
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
        {{.Text "bytes"}} AS bytes_text,
        {{.Text "bytes_up"}} AS bytes_up_text,
        {{.Text "bytes_down"}} AS bytes_down_text,
        {{.Bare "caller" "subscriber"}} AS this_bare,
        {{.Bare "callee" "other"}} AS that_bare
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
        try_cast({{.Number "bytes"}} AS DOUBLE) AS bytes_number,
        try_cast({{.Number "bytes_up"}} AS DOUBLE) AS bytes_up_number, try_cast({{.Number "bytes_down"}} AS DOUBLE) AS bytes_down_number,
        {{.Word "kind"}} AS kind
    FROM texts
),
sides AS NOT MATERIALIZED (
    SELECT *, {{.Word "direction"}} AS side,
        CASE WHEN kind = 'data' THEN ({{.Missing "callee"}}){{if .Has "other"}} AND ({{.Missing "other"}}){{end}} OR {{.AccessPoint "this_bare" "that_bare"}} ELSE false END AS lone
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
        CASE WHEN isfinite(bytes_up_number) THEN bytes_up_number END AS up,
        CASE WHEN isfinite(bytes_down_number) THEN bytes_down_number END AS down,
        CAST({{.Word "answered"}} AS BOOLEAN) AS answer
    FROM sides
)
SELECT
    caller, CASE WHEN NOT lone THEN callee END AS callee, time, kind,
    CASE WHEN number > 0 THEN try_cast(number AS BIGINT) ELSE 0 END AS seconds,
    coalesce(answer, number IS NULL OR number <> -1) AS answered,
    coalesce(side = 'in', false) AND time IS NOT NULL AS received,
    CASE WHEN lone AND coalesce(volume, up + down, up, down) BETWEEN 0 AND 2e18 THEN CAST(coalesce(volume, up + down, up, down) AS BIGINT) END AS bytes,
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
        WHEN number > 1e9 THEN 'seconds|seconds is too large'
        {{- end}}
        {{- if .Column "answered"}}
        WHEN answer IS NULL AND NOT ({{.Absent "answered_text"}}) THEN 'answered|answered is none of yes and no'
        {{- end}}
        {{- if .Has "bytes"}}{{template "odd bytes" .On "bytes" "volume"}}{{end}}
        {{- if .Has "bytes_up"}}{{template "odd bytes" .On "bytes_up" "up"}}{{end}}
        {{- if .Has "bytes_down"}}{{template "odd bytes" .On "bytes_down" "down"}}{{end}}
        WHEN lone THEN 'aside'
    END AS problem
FROM parsed
{{- define "odd bytes"}}
        WHEN lone AND {{.Name}} IS NULL AND NOT ({{.Absent .RawName}}) THEN '{{.Field}}|{{.Field}} is not a number'
        WHEN lone AND {{.Name}} < 0 THEN '{{.Field}}|{{.Field}} is negative'
        WHEN lone AND {{.Name}} > 1e18 THEN '{{.Field}}|{{.Field}} is too large'
{{- end}}
