-- How many rows each day has, and the first of them.
SELECT CAST(time AS DATE) AS day, count(*), min(rowid)
FROM staged
WHERE coalesce(problem, 'aside') = 'aside' AND time IS NOT NULL
GROUP BY day
ORDER BY day
