-- The call ties between numbered nodes, by from and to, which stand in the upper and
-- lower half of arc.
SELECT (f.n << 32) | t.n AS arc, x.weight::FLOAT AS weight
FROM graph.call_ties AS x
JOIN temp.read_customers AS f ON f.node = x.from_n
JOIN temp.read_customers AS t ON t.node = x.to_n
ORDER BY arc
