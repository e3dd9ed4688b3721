-- How many rows each day has, and the first of them.
SELECT CAST(time AS DATE) AS day, count(*), min(rowid)
FROM staged
WHERE coalesce(problem, 'usage') = 'usage' AND time IS NOT NULL
GROUP BY day
ORDER BY day
