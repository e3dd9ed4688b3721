-- The ids that stand for another one at the end of a window, $1 in microseconds.
SELECT id, person, from_at = '-infinity' AND to_at = 'infinity' AS always
FROM identity.holders
WHERE id <> person AND from_at < make_timestamp($1::BIGINT) AND to_at >= make_timestamp($1::BIGINT)
ORDER BY id
