-- The ties of kind $1 between numbered nodes, by from and to, which stand in the
-- upper and lower half of arc.
SELECT (f.n << 32) | t.n AS arc, x.weight::FLOAT AS weight, x.amount AS amount
FROM graph.tie_rows AS x
JOIN temp.read_customers AS f ON f.node = x.from_n
JOIN (
    SELECT n, node FROM temp.read_customers WHERE $1 = 'CALLED'
    UNION ALL
    SELECT n, node FROM temp.read_products WHERE $1 <> 'CALLED'
) AS t ON t.node = x.to_n
WHERE x.kind = $1
ORDER BY arc
