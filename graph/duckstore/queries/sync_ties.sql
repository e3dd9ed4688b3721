-- Stores ties that have ids, with the numbers of their nodes.
INSERT INTO graph.tie_rows
SELECT x.kind, f.n, e.n, x.weight, x.count, x.messages, x.seconds, x.quantity, x.amount, x.first_at, x.last_at
FROM ({{.}}) AS x
JOIN graph.customers AS f ON f.id = x.from_id
JOIN (
    SELECT true AS customer, id, n FROM graph.customers
    UNION ALL
    SELECT false, id, n FROM graph.products
) AS e ON e.id = x.to_id AND e.customer = (x.kind = 'CALLED')
