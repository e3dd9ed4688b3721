-- The products known, as the newest import has them, and those seen only in
-- events of the window: $1 and $2 are its bounds in microseconds.
WITH known AS (
    SELECT id, name, category, price::DOUBLE AS price, available_from, available_to FROM events.products
    QUALIFY row_number() OVER (PARTITION BY id
        ORDER BY import_id DESC, name, category, price, available_from, available_to) = 1
), seen AS (
    SELECT product AS id FROM events.purchases
    WHERE time IS NULL OR (time >= make_timestamp($1::BIGINT) AND time < make_timestamp($2::BIGINT))
    UNION
    SELECT product FROM events.visits
    WHERE product <> '' AND (time IS NULL OR (time >= make_timestamp($1::BIGINT) AND time < make_timestamp($2::BIGINT)))
)
SELECT id, name, category, coalesce(price, -1) AS price, available_from, available_to FROM known
UNION ALL
SELECT id, '', '', -1, NULL, NULL FROM seen ANTI JOIN known USING (id)
