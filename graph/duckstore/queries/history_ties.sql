SELECT CASE WHEN caller = $1 THEN callee ELSE caller END, count(*), CAST(sum(seconds) AS DOUBLE) / 60, max(time)
FROM people.calls_of($1)
WHERE caller <> callee AND (time IS NULL OR (time >= make_timestamp($2) AND time < make_timestamp($3)))
GROUP BY 1
ORDER BY 2 DESC, 3 DESC, 1
LIMIT 10
