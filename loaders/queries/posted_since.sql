-- The purchases and visits that were posted since a time, those of each kind in
-- the order of storing, the last $2 of each. As receipts are for a day, there may
-- be older ones of the same day among them.
WITH since AS (
    SELECT id FROM events.imports WHERE starts_with(file, '{{.}} ') AND mapping = '{}' AND undone_at IS NULL AND loaded_at >= $1
),
bought AS (
    SELECT rowid AS ord, customer, product, quantity < 0 AS returned
    FROM events.purchases WHERE import_id IN (SELECT id FROM since)
    ORDER BY ord DESC LIMIT $2
),
visited AS (
    SELECT rowid AS ord, customer, session, product
    FROM events.visits WHERE import_id IN (SELECT id FROM since)
    ORDER BY ord DESC LIMIT $2
)
SELECT 'purchases' AS kind, ord, customer, '' AS session, product, returned FROM bought
UNION ALL
SELECT 'visits', ord, customer, session, product, false FROM visited
ORDER BY kind, ord
