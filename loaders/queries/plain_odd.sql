-- Puts the rows that are not plain and have nothing wrong with them, as calls.sql has
-- judged them, into their places among the staged ones.
UPDATE staged SET caller = o.f, callee = o.t, time = o.time, kind = o.kind, seconds = o.seconds, answered = o.answered,
    received = o.received, bytes = o.bytes
FROM (
    SELECT place.ord, f.n AS f, t.n AS t, odd.time, odd.kind, odd.seconds, odd.answered, odd.received, odd.bytes
    FROM (
        SELECT file_row_number AS ord, caller AS k
        FROM read_parquet({{.File}}, file_row_number = true)
        WHERE length = {{.OddLength}}
    ) AS place
    JOIN odd USING (k)
    LEFT JOIN ends AS f ON f.id = odd.caller AND odd.problem IS NULL
    LEFT JOIN ends AS t ON t.id = odd.callee AND odd.problem IS NULL
    WHERE coalesce(odd.problem, 'aside') = 'aside'
) AS o
WHERE staged.rowid = {{.Base}} + o.ord
