-- The customers with their canonical numbers. One that stands only in a tie made
-- by hand counts too.
CREATE OR REPLACE TEMP TABLE read_customers AS
SELECT (row_number() OVER (ORDER BY id) - 1)::UBIGINT AS n, id, attributes, node
FROM (
    SELECT id, attributes, n AS node FROM graph.customers
    UNION ALL
    SELECT id, '', NULL FROM (
        SELECT from_id AS id FROM graph.corrections WHERE weight > 0
        UNION
        SELECT to_id FROM graph.corrections WHERE weight > 0 AND kind = 'CALLED'
    ) ANTI JOIN graph.customers USING (id)
)
