-- Finds who else names the ids that the import {{.}} was the first to name; those whom
-- nobody does are in temp.unnamed afterwards.
CREATE TEMP TABLE unnamed AS SELECT what, id FROM events.known WHERE import_id = {{.}};

DELETE FROM events.known WHERE import_id = {{.}};

INSERT INTO events.known (what, id, import_id)
SELECT what, id, min(import_id)
FROM (
    SELECT 'customer' AS what, id, import_id FROM events.customers
    UNION ALL
    SELECT 'customer', k.id, c.import_id
    FROM (
        SELECT caller AS n, import_id FROM events.call_rows
        UNION ALL SELECT callee, import_id FROM events.call_rows
        UNION ALL SELECT caller, import_id FROM events.call_twins
        UNION ALL SELECT callee, import_id FROM events.call_twins
    ) AS c
    JOIN events.ids AS k USING (n)
    WHERE k.id IN (SELECT id FROM unnamed WHERE what = 'customer')
    UNION ALL SELECT 'customer', customer, import_id FROM events.usage
    UNION ALL SELECT 'customer', customer, import_id FROM events.purchase_lines
    UNION ALL SELECT 'customer', customer, import_id FROM events.visits
    UNION ALL SELECT 'customer', customer, import_id FROM events.contacts
    UNION ALL SELECT 'customer', customer, import_id FROM events.satisfaction
    UNION ALL SELECT 'customer', customer, import_id FROM events.churn
    UNION ALL SELECT 'customer', customer, import_id FROM events.numbers
    UNION ALL SELECT 'product', id, import_id FROM events.products
    UNION ALL SELECT 'product', product, import_id FROM events.purchase_lines
    UNION ALL SELECT 'product', product, import_id FROM events.visits
)
SEMI JOIN unnamed USING (what, id)
GROUP BY what, id;

DELETE FROM unnamed WHERE EXISTS (SELECT 1 FROM events.known AS k WHERE k.what = unnamed.what AND k.id = unnamed.id)
