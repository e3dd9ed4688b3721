SELECT count(*), count(*) FILTER (responded), count(*) FILTER (converted), CAST(coalesce(sum(revenue), 0) AS DOUBLE), max(time)
FROM people.contacts
WHERE customer = $1 AND (time IS NULL OR (time >= make_timestamp($2) AND time < make_timestamp($3)))
