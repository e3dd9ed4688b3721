SELECT m.product, coalesce(min(p.name), ''), count(*) FILTER (quantity > 0), CAST(sum(amount) AS DOUBLE)
FROM people.purchases AS m LEFT JOIN events.products AS p ON p.id = m.product
WHERE customer = $1 AND (time IS NULL OR (time >= make_timestamp($2) AND time < make_timestamp($3)))
GROUP BY m.product
ORDER BY 3 DESC, 4 DESC, 1
LIMIT 10
