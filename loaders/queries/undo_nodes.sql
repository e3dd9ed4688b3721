-- Takes the nodes of what nobody names any more out of the graph, with their ties: a
-- sync leaves nodes that it is not given. Those that a correction names stay.
DELETE FROM unnamed WHERE id IN (SELECT from_id FROM graph.corrections UNION ALL SELECT to_id FROM graph.corrections);

CREATE TEMP TABLE unnamed_nodes AS
SELECT 'customer' AS what, n FROM graph.customers WHERE id IN (SELECT id FROM unnamed WHERE what = 'customer')
UNION ALL
SELECT 'product', n FROM graph.products WHERE id IN (SELECT id FROM unnamed WHERE what = 'product');

DELETE FROM graph.call_ties
WHERE from_n IN (SELECT n FROM unnamed_nodes WHERE what = 'customer') OR to_n IN (SELECT n FROM unnamed_nodes WHERE what = 'customer');

DELETE FROM graph.product_ties
WHERE from_n IN (SELECT n FROM unnamed_nodes WHERE what = 'customer') OR to_n IN (SELECT n FROM unnamed_nodes WHERE what = 'product');

DELETE FROM graph.customers WHERE n IN (SELECT n FROM unnamed_nodes WHERE what = 'customer');

DELETE FROM graph.products WHERE n IN (SELECT n FROM unnamed_nodes WHERE what = 'product');

DROP TABLE unnamed_nodes
