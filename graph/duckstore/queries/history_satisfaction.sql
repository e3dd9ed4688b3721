SELECT count(*) FILTER (kind = 'survey'), count(*) FILTER (kind = 'complaint'), count(*) FILTER (kind = 'praise'),
    avg((score - lowest) / nullif(highest - lowest, 0)), max(time)
FROM people.satisfaction
WHERE customer = $1 AND (time IS NULL OR (time >= make_timestamp($2) AND time < make_timestamp($3)))
