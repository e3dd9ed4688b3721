-- Marks the records that the callee's side made of calls that the caller's side
-- recorded too: between the same two, of the same kind and length, in one run of
-- records none of which begins more than {{.}} seconds after the one before. As
-- many are left out, the earliest first, as the caller's side has in the run.
UPDATE staged SET problem = 'duplicate|the other side''s record of the same call'
FROM (
    SELECT ord, side, made,
        row_number() OVER (PARTITION BY caller, callee, kind, seconds, run, side ORDER BY time, answered, ord) AS k
    FROM (
        SELECT *, count(*) FILTER (side = 'out') OVER (PARTITION BY caller, callee, kind, seconds, run) AS made
        FROM (
            SELECT *, coalesce(sum(gap) OVER (PARTITION BY caller, callee, kind, seconds ORDER BY time RANGE UNBOUNDED PRECEDING), 0) AS run
            FROM (
                SELECT rowid AS ord, caller, callee, kind, seconds, answered, time, side,
                    CAST(epoch_us(time) - lag(epoch_us(time)) OVER (PARTITION BY caller, callee, kind, seconds ORDER BY time) > {{.}} * 1000000 AS INTEGER) AS gap
                FROM staged
                WHERE problem IS NULL AND time IS NOT NULL AND side IN ('in', 'out')
            )
        )
    )
) AS twice
WHERE staged.rowid = twice.ord AND twice.side = 'in' AND twice.k <= twice.made
