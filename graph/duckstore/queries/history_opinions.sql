SELECT time, kind, topic, score, lowest, highest, comment
FROM people.satisfaction
WHERE customer = $1 AND (time IS NULL OR (time >= make_timestamp($2) AND time < make_timestamp($3)))
ORDER BY time DESC NULLS LAST, kind, topic, score, comment
LIMIT 10
