SELECT coalesce(nullif(m.product, ''), m.page), coalesce(min(p.name), ''), count(*), CAST(0 AS DOUBLE)
FROM people.known_visits(make_timestamp($3)) AS m LEFT JOIN events.products AS p ON p.id = m.product
WHERE customer = $1 AND (time IS NULL OR (time >= make_timestamp($2) AND time < make_timestamp($3)))
GROUP BY 1
ORDER BY 3 DESC, 1
LIMIT 10
