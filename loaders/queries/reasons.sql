-- Why rows were rejected, the most frequent reason first.
SELECT import_id, reason, count(*) AS n
FROM events.rejects
WHERE ? = 0 OR import_id = ?
GROUP BY import_id, reason
ORDER BY import_id, n DESC, reason
