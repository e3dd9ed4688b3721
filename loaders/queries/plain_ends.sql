-- Makes temp.ends of the ids that the reader numbered by first sight (local) and,
-- behind them, of those that only other good rows have, with their numbers in
-- events.ids; known ends are those that have one already, of which a fresh store has none.
CREATE TEMP TABLE ends AS
WITH named AS (
    SELECT file_row_number AS local, id FROM read_parquet({{.IDs}}, file_row_number = true)
    {{- if .Odd}}
    UNION ALL
    SELECT {{.Locals}} + row_number() OVER (ORDER BY first) - 1, id
    FROM (
        SELECT id, min(first) AS first
        FROM (
            SELECT caller AS id, 2 * k AS first FROM odd WHERE problem IS NULL
            UNION ALL
            SELECT callee, 2 * k + 1 FROM odd WHERE problem IS NULL
        )
        WHERE id NOT IN (SELECT id FROM read_parquet({{.IDs}}))
        GROUP BY id
    )
    {{- end}}
)
{{- if .Fresh}}
SELECT local, id, false AS known, CAST(local AS UINTEGER) AS n
FROM named
{{- else}}
SELECT local, id, n IS NOT NULL AS known,
    coalesce(n, CAST((SELECT coalesce(max(n) + 1, 0) FROM events.ids) + row_number() OVER (PARTITION BY n IS NULL ORDER BY local) - 1 AS UINTEGER)) AS n
FROM named
LEFT JOIN events.ids AS k USING (id)
{{- end}}
