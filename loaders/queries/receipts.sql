-- The receipts of all imports, or of one, the oldest first.
SELECT id, loaded_at, kind, file, hash, bytes, mapping, rows, accepted, duplicates, rejected,
    first_at, last_at, seconds, notes, repeats, warnings, new_customers, new_products, undone_at, coalesce(l.missing, 0)
FROM events.imports
LEFT JOIN (
    SELECT import_id, CASE WHEN count(rows) < count(*) THEN -1 ELSE sum(rows)::BIGINT END AS missing FROM events.lacking GROUP BY import_id
) AS l ON l.import_id = id
WHERE ? = 0 OR id = ?
ORDER BY id
