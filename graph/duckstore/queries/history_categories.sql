SELECT p.category, '', count(*) FILTER (quantity > 0), CAST(sum(amount) AS DOUBLE)
FROM people.purchases AS m JOIN events.products AS p ON p.id = m.product
WHERE customer = $1 AND p.category <> '' AND (time IS NULL OR (time >= make_timestamp($2) AND time < make_timestamp($3)))
GROUP BY p.category
ORDER BY 3 DESC, 4 DESC, 1
LIMIT 10
