-- The receipt that posted rows of a kind and a day are added to.
SELECT id, hash, bytes, rows, accepted, duplicates, rejected, first_at, last_at, seconds
FROM events.imports
WHERE kind = ? AND file = ? AND mapping = '{}' AND undone_at IS NULL
ORDER BY id DESC
LIMIT 1
