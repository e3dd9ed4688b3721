-- The ties of kind $1 to products, as read_call_ties, with what was spent.
SELECT (f.n << 32) | t.n AS arc, x.weight::FLOAT AS weight, x.amount AS amount
FROM graph.product_ties AS x
JOIN temp.read_customers AS f ON f.node = x.from_n
JOIN temp.read_products AS t ON t.node = x.to_n
WHERE x.kind = $1
ORDER BY arc
