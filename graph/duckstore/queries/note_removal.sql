INSERT INTO privacy.removals
SELECT coalesce(max(id), 0) + 1, CAST(now() AS TIMESTAMP), ?, ?, ? FROM privacy.removals
