WITH mine AS (SELECT * FROM people.purchases WHERE customer = $1 AND (time IS NULL OR (time >= make_timestamp($2) AND time < make_timestamp($3)))),
span AS (SELECT CASE WHEN $3 < 9223372036854775806 THEN make_timestamp($3) ELSE max(time) END AS until FROM events.purchases)
SELECT count(*) FILTER (quantity > 0), count(*) FILTER (quantity < 0), count(DISTINCT nullif(basket, '')),
    CAST(coalesce(sum(amount), 0) AS DOUBLE), min(time), max(time),
    date_diff('second', max(time), any_value(until)) / 86400,
    coalesce(nullif(count(DISTINCT nullif(basket, '')), 0), count(*) FILTER (quantity > 0)) / nullif(greatest(date_diff('second', min(time), any_value(until)) / 2592000, 1), 0)
FROM mine, span
