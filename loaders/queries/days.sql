-- How many rows each day has, and the first of them.
SELECT CAST(time AS DATE) AS day, count(*), min(rowid)
FROM staged
WHERE problem IS NULL AND time IS NOT NULL
GROUP BY day
ORDER BY day
