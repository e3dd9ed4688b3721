-- The call ties of a window: $1 and $2 are its bounds in microseconds.
-- One group by period first, then one by pair, both by numbers: the weight is the
-- number of periods of 30 minutes with contact, those without a time being one
-- period.
WITH ties AS (
    SELECT arc,
           count(*)              AS weight,
           sum(contacts)::BIGINT AS count,
           sum(messages)::BIGINT AS messages,
           sum(seconds)::BIGINT  AS seconds,
           min(first_at)         AS first_at,
           max(last_at)          AS last_at
    FROM (
        SELECT (caller::UBIGINT << 32) | callee::UBIGINT AS arc,
               floor(epoch(time) / 1800)                 AS period,
               count(*)                                  AS contacts,
               count(*) FILTER (WHERE kind = 'message')  AS messages,
               sum(seconds)                              AS seconds,
               min(time)                                 AS first_at,
               max(time)                                 AS last_at
        FROM people.call_rows
        WHERE caller <> callee
          AND (time IS NULL OR (time >= make_timestamp($1::BIGINT) AND time < make_timestamp($2::BIGINT)))
        GROUP BY arc, period
    )
    GROUP BY arc
)
SELECT 'CALLED' AS kind, f.id AS from_id, t.id AS to_id,
       weight::DOUBLE AS weight, count, messages, seconds,
       0::DOUBLE AS quantity, 0::DOUBLE AS amount, first_at, last_at
FROM ties
JOIN people.ids AS f ON f.n = arc >> 32
JOIN people.ids AS t ON t.n = arc & 4294967295
