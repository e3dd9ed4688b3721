-- Stores the call ties of a foreign source, with the numbers of their ends.
INSERT INTO graph.call_ties
SELECT f.n, e.n, x.weight, x.count, x.messages, x.seconds, x.first_at, x.last_at
FROM temp.new_ties AS x
JOIN graph.customers AS f ON f.id = x.from_id
JOIN graph.customers AS e ON e.id = x.to_id
WHERE x.kind = 'CALLED'
