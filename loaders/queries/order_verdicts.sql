-- Finds out which files said last that these lines are void, and which that they are sold.
CREATE TEMP TABLE turns AS
SELECT id AS import_id, coalesce(in_place_of, id) AS turn FROM events.imports WHERE id <> {{.Import}}
UNION ALL
SELECT {{.Import}}, {{.Turn}};

CREATE TEMP TABLE void AS
SELECT customer, product, basket, max(turn) AS turn
FROM events.order_states JOIN turns USING (import_id) SEMI JOIN touched USING (customer, product, basket)
WHERE void
GROUP BY ALL;

CREATE TEMP TABLE sold AS
SELECT customer, product, time, basket, quantity, amount, max(turn) AS turn
FROM events.order_states JOIN turns USING (import_id) SEMI JOIN touched USING (customer, product, basket)
WHERE NOT void
GROUP BY ALL
