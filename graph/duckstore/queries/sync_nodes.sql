-- Brings the nodes up to date with temp.new_customers and temp.new_products. No node is removed, but for ids that stand for a person now.
DELETE FROM graph.customers
WHERE id IN (SELECT id FROM identity.holders WHERE id <> person)
  AND id NOT IN (SELECT id FROM temp.new_customers);

UPDATE graph.customers AS c SET attributes = n.attributes
FROM temp.new_customers AS n
WHERE c.id = n.id AND c.attributes <> n.attributes;

INSERT INTO graph.customers
SELECT id, attributes, (SELECT coalesce(max(n) + 1, 0) FROM graph.customers) + row_number() OVER (ORDER BY id) - 1
FROM temp.new_customers ANTI JOIN graph.customers USING (id);

UPDATE graph.products AS p
SET name = n.name, category = n.category, price = n.price,
    available_from = n.available_from, available_to = n.available_to
FROM temp.new_products AS n
WHERE p.id = n.id
  AND (p.name, p.category, p.price, p.available_from, p.available_to)
      IS DISTINCT FROM (n.name, n.category, n.price, n.available_from, n.available_to);

INSERT INTO graph.products
SELECT id, name, category, price, available_from, available_to,
    (SELECT coalesce(max(n) + 1, 0) FROM graph.products) + row_number() OVER (ORDER BY id) - 1
FROM temp.new_products ANTI JOIN graph.products USING (id);

DROP TABLE temp.new_customers;
DROP TABLE temp.new_products;
