-- As known.sql, of all the ends of a file.
INSERT INTO events.known (what, id, import_id)
SELECT 'customer', id, {{.}}
FROM ends ANTI JOIN (SELECT id FROM events.known WHERE what = 'customer') USING (id)
