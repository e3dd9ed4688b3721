-- The call ties of a window: $1 and $2 are its bounds in microseconds.
-- One group by period first, then one by pair: the weight is the number of
-- periods of 30 minutes with contact, those without a time being one period.
SELECT 'CALLED' AS kind, caller AS from_id, callee AS to_id,
       count(*)::DOUBLE      AS weight,
       sum(contacts)::BIGINT AS count,
       sum(messages)::BIGINT AS messages,
       sum(seconds)::BIGINT  AS seconds,
       0::DOUBLE             AS quantity,
       0::DOUBLE             AS amount,
       min(first_at)         AS first_at,
       max(last_at)          AS last_at
FROM (
    SELECT caller, callee,
           floor(epoch(time) / 1800)               AS period,
           count(*)                                AS contacts,
           count(*) FILTER (WHERE kind = 'message') AS messages,
           sum(seconds)                            AS seconds,
           min(time)                               AS first_at,
           max(time)                               AS last_at
    FROM people.calls
    WHERE caller <> callee
      AND (time IS NULL OR (time >= make_timestamp($1::BIGINT) AND time < make_timestamp($2::BIGINT)))
    GROUP BY caller, callee, period
)
GROUP BY caller, callee
