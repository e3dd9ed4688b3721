SELECT count(*), count(DISTINCT nullif(session, '')), CAST(coalesce(sum(seconds), 0) AS DOUBLE) / 60, min(time), max(time)
FROM people.known_visits(make_timestamp($3))
WHERE customer = $1 AND (time IS NULL OR (time >= make_timestamp($2) AND time < make_timestamp($3)))
