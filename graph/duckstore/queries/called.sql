-- The call ties of a window, from the file $1 with the sums by the numbers of
-- people.ids. The weight is the number of periods of 30 minutes with contact, those
-- without a time being one period.
SELECT 'CALLED' AS kind, f.id AS from_id, t.id AS to_id,
       weight::DOUBLE AS weight, count, messages, seconds,
       0::DOUBLE AS quantity, 0::DOUBLE AS amount,
       make_timestamp(nullif(first_at, -9223372036854775807)) AS first_at,
       make_timestamp(nullif(last_at, -9223372036854775807))  AS last_at
FROM read_parquet($1)
JOIN people.ids AS f ON f.n = caller
JOIN people.ids AS t ON t.n = callee
