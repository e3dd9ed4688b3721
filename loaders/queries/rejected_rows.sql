-- The rows of a Parquet file that have a problem, as JSON.
CREATE TEMP TABLE rejected AS
SELECT s.ord, s.problem, r.text
FROM (SELECT rowid - {{.Base}} AS ord, problem FROM staged WHERE problem <> 'aside' AND NOT starts_with(problem, 'duplicate')) AS s
JOIN (SELECT row_number() OVER () - 1 AS ord, left(CAST(to_json(t) AS VARCHAR), {{.Longest}}) AS text FROM {{.Source}} AS t) AS r
    ON r.ord = s.ord
ORDER BY s.ord
