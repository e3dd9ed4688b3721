-- Brings the products up to date with temp.new_products: what it lacks is removed.
DELETE FROM graph.products AS p WHERE NOT EXISTS (FROM temp.new_products AS n WHERE n.id = p.id);

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

DROP TABLE temp.new_products
