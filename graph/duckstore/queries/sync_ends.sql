-- Adds the ends of ties that a foreign source did not name among its nodes, with what is
-- known of them, and the numbers of those who call.
INSERT INTO temp.new_customers
SELECT id, coalesce(c.attributes, ''), NULL FROM (
    SELECT from_id AS id FROM temp.new_ties
    UNION
    SELECT to_id FROM temp.new_ties WHERE kind = 'CALLED'
) ANTI JOIN temp.new_customers USING (id) LEFT JOIN graph.customers AS c USING (id);

UPDATE temp.new_customers AS c SET n = i.n FROM people.ids AS i WHERE i.id = c.id;

INSERT INTO temp.new_products
SELECT id, coalesce(p.name, ''), coalesce(p.category, ''), p.price, p.available_from, p.available_to FROM (
    SELECT DISTINCT to_id AS id FROM temp.new_ties WHERE kind <> 'CALLED'
) ANTI JOIN temp.new_products USING (id) LEFT JOIN graph.products AS p USING (id)
