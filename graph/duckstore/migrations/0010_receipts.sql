-- What a receipt tells besides: why rows counted as duplicates, what a person
-- should look at, and how many customers and products a file was the first to
-- name; NULL for files that were loaded before this was counted.
ALTER TABLE events.imports ADD COLUMN repeats VARCHAR DEFAULT '[]';   -- JSON array of {reason, count}
ALTER TABLE events.imports ADD COLUMN warnings VARCHAR DEFAULT '[]';  -- JSON array of {warning, count, line}
ALTER TABLE events.imports ADD COLUMN new_customers BIGINT;
ALTER TABLE events.imports ADD COLUMN new_products BIGINT;

-- Every id that a file has named, so that new ones are known without a look at
-- all events. An id may be missing here, never stand twice.
CREATE TABLE events.known (
    what      VARCHAR NOT NULL,         -- customer, product
    id        VARCHAR NOT NULL,
    import_id INTEGER NOT NULL          -- the first that named it
);
INSERT INTO events.known
SELECT what, id, min(import_id) FROM (
    SELECT 'customer' AS what, id, import_id FROM events.customers
    UNION ALL SELECT 'customer', caller, import_id FROM events.calls
    UNION ALL SELECT 'customer', callee, import_id FROM events.calls
    UNION ALL SELECT 'customer', customer, import_id FROM events.purchases
    UNION ALL SELECT 'customer', customer, import_id FROM events.visits
    UNION ALL SELECT 'customer', customer, import_id FROM events.contacts
    UNION ALL SELECT 'customer', customer, import_id FROM events.satisfaction
    UNION ALL SELECT 'customer', customer, import_id FROM events.churn
    UNION ALL SELECT 'product', id, import_id FROM events.products
    UNION ALL SELECT 'product', product, import_id FROM events.purchases
    UNION ALL SELECT 'product', product, import_id FROM events.visits
)
WHERE id <> ''
GROUP BY what, id;
