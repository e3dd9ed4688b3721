-- As customers.sql, where the file $3 has the numbers of all who called or were called
-- in the window. $1 and $2 are its bounds in microseconds.
WITH known AS (
    SELECT id, attributes FROM people.customers
    QUALIFY row_number() OVER (PARTITION BY id ORDER BY import_id DESC, attributes DESC) = 1
), seen AS (
    SELECT id FROM people.ids WHERE n IN (SELECT n FROM read_parquet($3))
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
