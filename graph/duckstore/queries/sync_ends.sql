-- Adds the ends of ties that a foreign source did not name among its customers.
INSERT INTO temp.new_customers
SELECT id, '' FROM (
    SELECT from_id AS id FROM graph.ties
    UNION
    SELECT to_id FROM graph.ties WHERE kind = 'CALLED'
) ANTI JOIN temp.new_customers USING (id) ANTI JOIN graph.customers USING (id)
