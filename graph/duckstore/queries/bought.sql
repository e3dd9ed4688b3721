-- The purchase ties of a window: $1 and $2 are its bounds in microseconds.
-- Quantities and amounts are decimals, whose sums are exact in any order. What
-- was returned as often as it was bought is no tie.
SELECT 'BOUGHT' AS kind, customer AS from_id, product AS to_id,
       count(*) FILTER (WHERE quantity > 0)::DOUBLE AS weight,
       count(*) FILTER (WHERE quantity > 0)         AS count,
       0::BIGINT             AS messages,
       0::BIGINT             AS seconds,
       sum(quantity)::DOUBLE AS quantity,
       sum(amount)::DOUBLE   AS amount,
       min(time)             AS first_at,
       max(time)             AS last_at
FROM people.purchases
WHERE time IS NULL OR (time >= make_timestamp($1::BIGINT) AND time < make_timestamp($2::BIGINT))
GROUP BY customer, product
HAVING sum(quantity) > 0
