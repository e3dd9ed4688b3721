-- The receipts of all imports, or of the one numbered $1.
SELECT id, loaded_at, kind, file, hash, bytes, mapping, rows, accepted, duplicates, rejected,
       first_at, last_at, seconds, notes, repeats, warnings, new_customers, new_products
FROM events.imports
WHERE $1::INTEGER IS NULL OR id = $1::INTEGER
ORDER BY id
