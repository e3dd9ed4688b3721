-- The visit ties of a window: $1 and $2 are its bounds in microseconds. Visits of
-- a session count for its customer, as far as that is known by the end of the
-- window; those of nobody, and of pages without a product, are no ties.
SELECT 'VIEWED' AS kind, customer AS from_id, product AS to_id,
       count(*)::DOUBLE     AS weight,
       count(*)             AS count,
       0::BIGINT            AS messages,
       sum(seconds)::BIGINT AS seconds,
       0::DOUBLE            AS quantity,
       0::DOUBLE            AS amount,
       min(time)            AS first_at,
       max(time)            AS last_at
FROM people.known_visits(make_timestamp($2::BIGINT))
WHERE product <> '' AND (time IS NULL OR (time >= make_timestamp($1::BIGINT) AND time < make_timestamp($2::BIGINT)))
GROUP BY customer, product
