-- The imports that lack rows once the one of the number ? is taken back, the first
-- first. Of posts only those that lack some of its rows.
SELECT i.id, i.kind, i.file, CASE WHEN count(l.rows) < count(*) THEN -1 ELSE sum(l.rows)::BIGINT END, i.mapping = '{}'
FROM events.lacking AS l
JOIN events.imports AS i ON i.id = l.import_id
WHERE l.earlier = ? OR i.mapping <> '{}'
GROUP BY i.id, i.kind, i.file, i.mapping
ORDER BY i.id
