-- The weights of kind $1 fixed by hand, by from and to, in the form of read_ties.
SELECT (f.n << 32) | t.n AS arc, x.weight::FLOAT AS weight
FROM graph.corrections AS x
JOIN temp.read_customers AS f ON f.id = x.from_id
JOIN (
    SELECT n, id FROM temp.read_customers WHERE $1 = 'CALLED'
    UNION ALL
    SELECT n, id FROM temp.read_products WHERE $1 <> 'CALLED'
) AS t ON t.id = x.to_id
WHERE x.kind = $1
ORDER BY arc
