-- Gathers in temp.sided the records of calls that may be twins of staged ones: of the
-- staged rows (place 0), the stored calls (1) and the stored twins (2), those between
-- the same two, of the same kind and length, of which one is the callee's, in runs of
-- records none of which begins more than {{.Apart}} seconds after the one before.
-- Of a run as many of the callee's records are twins, the earliest first, as there
-- are of the caller's; gone is how many stored calls the run loses so, less than 0
-- where stored twins count again. k numbers the staged rows of a run that are twins, and
-- those that are none, the caller's first.
CREATE OR REPLACE TEMP TABLE sided AS
WITH near AS NOT MATERIALIZED (
    SELECT 0 AS place, rowid AS ord, caller, callee, CAST(kind AS VARCHAR) AS kind, seconds, answered, time, received
    FROM staged WHERE problem IS NULL AND time IS NOT NULL
    UNION ALL
    SELECT 1, row, caller, callee, CAST(kind AS VARCHAR), seconds, answered, time, received
    FROM events.call_rows WHERE time BETWEEN make_timestamp({{.From}}) AND make_timestamp({{.To}})
    UNION ALL
    SELECT 2, rowid, caller, callee, CAST(kind AS VARCHAR), seconds, answered, time, true
    FROM events.call_twins WHERE time BETWEEN make_timestamp({{.From}}) AND make_timestamp({{.To}})
),
{{template "judged sides" .}}
SELECT place, ord, received, twin, row_number() OVER whole = 1 AS head,
    row_number() OVER (PARTITION BY caller, callee, kind, seconds, run, place, twin ORDER BY received, time, answered) AS k,
    count(*) FILTER (place = 1 AND twin) OVER whole - count(*) FILTER (place = 2 AND NOT twin) OVER whole AS gone,
    count(*) FILTER (place = 0 AND NOT twin) OVER whole AS fresh,
    epoch_us(min(time) OVER whole) < {{.From}} + {{.Apart}} * 1000000 OR epoch_us(max(time) OVER whole) > {{.To}} - {{.Apart}} * 1000000 AS cut
FROM judged
WINDOW whole AS (PARTITION BY caller, callee, kind, seconds, run)
QUALIFY bool_or(place = 0) OVER whole
{{- define "judged sides" -}}
keys AS (
    SELECT DISTINCT caller, callee, kind, seconds FROM near WHERE received
),
runs AS (
    SELECT *, coalesce(sum(gap) OVER (PARTITION BY caller, callee, kind, seconds ORDER BY time RANGE UNBOUNDED PRECEDING), 0) AS run
    FROM (
        SELECT *, CAST(epoch_us(time) - lag(epoch_us(time)) OVER (PARTITION BY caller, callee, kind, seconds ORDER BY time) > {{.Apart}} * 1000000 AS INTEGER) AS gap
        FROM near SEMI JOIN keys USING (caller, callee, kind, seconds)
    )
),
judged AS (
    SELECT *, received AND row_number() OVER (PARTITION BY caller, callee, kind, seconds, run, received ORDER BY time, answered)
        <= count(*) FILTER (NOT received) OVER (PARTITION BY caller, callee, kind, seconds, run) AS twin
    FROM runs
)
{{- end}}
