-- Stores the ids that had no number.
INSERT INTO events.ids (n, id) SELECT n, id FROM ends WHERE NOT known ORDER BY n
