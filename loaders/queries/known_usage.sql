-- As known.sql, of data sessions.
INSERT INTO events.known (what, id, import_id)
SELECT 'customer', id, {{.}}
FROM (SELECT DISTINCT witness AS id FROM staged WHERE problem = 'aside') AS n
WHERE NOT EXISTS (SELECT 1 FROM events.known AS k WHERE k.what = 'customer' AND k.id = n.id)
