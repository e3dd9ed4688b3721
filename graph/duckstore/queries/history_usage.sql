-- Data sessions.
SELECT count(*), CAST(coalesce(sum(seconds), 0) AS DOUBLE) / 60, CAST(sum(bytes) AS DOUBLE), min(time), max(time)
FROM people.usage
WHERE customer = $1 AND (time IS NULL OR (time >= make_timestamp($2) AND time < make_timestamp($3)))
