-- Brings the customers up to date with temp.new_customers: whom it lacks is removed. Those
-- who call have the numbers of people.ids, so that call ties need none looked up; others
-- have numbers from 2^31 on.
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

INSERT INTO graph.customers
SELECT id, attributes, n
FROM temp.new_customers ANTI JOIN graph.customers USING (id)
WHERE n IS NOT NULL;

INSERT INTO graph.customers
SELECT id, attributes, (SELECT greatest(coalesce(max(n) + 1, 0), 2147483648) FROM graph.customers) + row_number() OVER (ORDER BY id) - 1
FROM temp.new_customers ANTI JOIN graph.customers USING (id)
WHERE n IS NULL;

DROP TABLE temp.new_customers
