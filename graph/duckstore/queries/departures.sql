-- Who left in a window: $1 and $2 are its bounds in microseconds.
SELECT DISTINCT customer, time
FROM people.churn
WHERE time >= make_timestamp($1::BIGINT) AND time < make_timestamp($2::BIGINT)
ORDER BY time, customer
