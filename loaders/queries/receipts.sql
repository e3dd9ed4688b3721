-- The receipts of all imports, or of one, the oldest first.
SELECT id, loaded_at, kind, file, hash, bytes, mapping, rows, accepted, duplicates, rejected,
    first_at, last_at, seconds, notes, repeats, warnings, new_customers, new_products
FROM events.imports
WHERE ? = 0 OR id = ?
ORDER BY id
