SELECT time, m.product, coalesce(p.name, ''), basket, CAST(quantity AS DOUBLE), CAST(amount AS DOUBLE), m.import_id
FROM people.purchases AS m LEFT JOIN events.products AS p ON p.id = m.product
WHERE customer = $1 AND (time IS NULL OR (time >= make_timestamp($2) AND time < make_timestamp($3)))
ORDER BY time DESC NULLS LAST, m.product, basket, amount
LIMIT 10
