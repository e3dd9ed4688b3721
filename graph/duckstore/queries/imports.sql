-- The receipts of all imports, or of the one numbered $1.
SELECT id, loaded_at, kind, file, hash, bytes, mapping, rows, accepted, duplicates, rejected,
       first_at, last_at, seconds, notes, repeats, warnings, new_customers, new_products, undone_at, coalesce(l.missing, 0)
FROM events.imports
LEFT JOIN (
    SELECT import_id, CASE WHEN count(rows) < count(*) THEN -1 ELSE sum(rows)::BIGINT END AS missing FROM events.lacking GROUP BY import_id
) AS l ON l.import_id = id
WHERE $1::INTEGER IS NULL OR id = $1::INTEGER
ORDER BY id
