-- Stores ties to products, with the numbers of their ends.
INSERT INTO graph.product_ties
SELECT x.kind, f.n, e.n, x.weight, x.count, x.seconds, x.quantity, x.amount, x.first_at, x.last_at
FROM ({{.}}) AS x
JOIN graph.customers AS f ON f.id = x.from_id
JOIN graph.products AS e ON e.id = x.to_id
