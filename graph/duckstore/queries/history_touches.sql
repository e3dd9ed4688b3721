SELECT time, campaign, arm, channel, outcome, responded, converted
FROM people.contacts
WHERE customer = $1 AND (time IS NULL OR (time >= make_timestamp($2) AND time < make_timestamp($3)))
ORDER BY time DESC NULLS LAST, campaign, arm, channel, outcome
LIMIT 10
