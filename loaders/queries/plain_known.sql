-- As known.sql, of all the ends of a file.
INSERT INTO events.known (what, id, import_id)
SELECT 'customer', id, {{.}}
FROM ends
WHERE NOT EXISTS (SELECT 1 FROM events.known AS k WHERE k.what = 'customer' AND k.id = ends.id)
