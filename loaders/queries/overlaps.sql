-- Voice calls among the first {{.Most}} rows that begin while another call of the
-- same person lasts: how many, and the first row.
SELECT count(DISTINCT ord), min(ord)
FROM (
    SELECT ord, start, max(stop) OVER (PARTITION BY person ORDER BY start, stop, ord ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS busy
    FROM (
        SELECT rowid AS ord, unnest([caller, callee]) AS person, epoch_us(time) AS start, epoch_us(time) + seconds * 1000000 AS stop
        FROM staged
        WHERE rowid < {{.Base}} + {{.Most}} AND problem IS NULL AND kind = 'voice' AND seconds BETWEEN 1 AND {{.Longest}}
    )
)
WHERE start < busy
