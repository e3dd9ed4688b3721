-- Brings the nodes up to date with temp.new_customers and temp.new_products: what these
-- lack is removed. Customers who call have the numbers
-- of people.ids, so that call ties need none looked up; others have numbers from 2^31 on.
-- Any says that there are nodes.
{{- if .Any}}
DELETE FROM graph.customers AS c WHERE NOT EXISTS (FROM temp.new_customers AS n WHERE n.id = c.id);

UPDATE graph.customers AS c SET attributes = n.attributes
FROM temp.new_customers AS n
WHERE c.id = n.id AND c.attributes <> n.attributes;

-- Who was known before may call by now, or call no more.
UPDATE graph.customers AS c SET n = k.n
FROM (
    SELECT id, coalesce(i.n, (SELECT greatest(max(n) + 1, 2147483648) FROM graph.customers) + row_number() OVER (PARTITION BY i.n IS NULL ORDER BY id) - 1) AS n
    FROM graph.customers AS x
    LEFT JOIN people.ids AS i USING (id)
    WHERE x.n IS DISTINCT FROM i.n AND (i.n IS NOT NULL OR x.n < 2147483648)
) AS k
WHERE c.id = k.id;
{{- end}}

INSERT INTO graph.customers
SELECT id, attributes, n
FROM temp.new_customers{{if .Any}} ANTI JOIN graph.customers USING (id){{end}}
WHERE n IS NOT NULL;

INSERT INTO graph.customers
SELECT id, attributes, (SELECT greatest(coalesce(max(n) + 1, 0), 2147483648) FROM graph.customers) + row_number() OVER (ORDER BY id) - 1
FROM temp.new_customers{{if .Any}} ANTI JOIN graph.customers USING (id){{end}}
WHERE n IS NULL;

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

DROP TABLE temp.new_customers;
DROP TABLE temp.new_products;
