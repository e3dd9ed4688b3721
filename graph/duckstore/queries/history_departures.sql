SELECT DISTINCT time FROM people.churn WHERE customer = $1 AND (time IS NULL OR (time >= make_timestamp($2) AND time < make_timestamp($3))) ORDER BY time
