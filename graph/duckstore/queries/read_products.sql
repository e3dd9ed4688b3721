-- The products with their canonical numbers. One that stands only in a tie made
-- by hand counts too.
CREATE OR REPLACE TEMP TABLE read_products AS
SELECT (row_number() OVER (ORDER BY id) - 1)::UBIGINT AS n,
       * REPLACE (coalesce(price, -1) AS price)
FROM (
    SELECT id, name, category, price, available_from, available_to, n AS node FROM graph.products
    UNION ALL
    SELECT id, '', '', NULL, NULL, NULL, NULL FROM (
        SELECT DISTINCT to_id AS id FROM graph.corrections WHERE weight > 0 AND kind <> 'CALLED'
    ) ANTI JOIN graph.products USING (id)
)
