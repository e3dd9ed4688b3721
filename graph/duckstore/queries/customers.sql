-- The customers known, as the newest import has them, and those seen only in
-- events of the window, each person once: $1 and $2 are its bounds in microseconds.
WITH known AS (
    SELECT id, attributes FROM people.customers
    QUALIFY row_number() OVER (PARTITION BY id ORDER BY import_id DESC, attributes DESC) = 1
), seen AS (
    SELECT id FROM people.ids WHERE n IN (
        SELECT caller FROM people.call_rows
        WHERE time IS NULL OR (time >= make_timestamp($1::BIGINT) AND time < make_timestamp($2::BIGINT))
        UNION ALL
        SELECT callee FROM people.call_rows
        WHERE time IS NULL OR (time >= make_timestamp($1::BIGINT) AND time < make_timestamp($2::BIGINT))
    )
    UNION
    SELECT customer FROM people.usage
    WHERE time IS NULL OR (time >= make_timestamp($1::BIGINT) AND time < make_timestamp($2::BIGINT))
    UNION
    SELECT customer FROM people.purchases
    WHERE time IS NULL OR (time >= make_timestamp($1::BIGINT) AND time < make_timestamp($2::BIGINT))
    UNION
    SELECT customer FROM people.known_visits(make_timestamp($2::BIGINT))
    WHERE time IS NULL OR (time >= make_timestamp($1::BIGINT) AND time < make_timestamp($2::BIGINT))
)
SELECT id, attributes FROM known
UNION ALL
SELECT id, '' FROM seen ANTI JOIN known USING (id)
