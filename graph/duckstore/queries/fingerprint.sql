-- What names the accepted input, one line each, in an order that the order of
-- loading does not change. $1 and $2 are the bounds of the window.
-- Which rows of overlapping files count as duplicates depends on the order, so
-- rows are counted over all files; and what customers and products are known
-- depends on which import is the newest, so their content is summed up, as is that of
-- lines of orders that are void, and who stands for whom.
SELECT line FROM (
    SELECT DISTINCT 1 AS part, concat_ws(' ', 'import', kind, hash, mapping) AS line FROM events.imports WHERE undone_at IS NULL
    UNION ALL
    SELECT 2, concat_ws(' ', 'calls', count(*), epoch_us(min(time)), epoch_us(max(time))) FROM events.call_rows
    WHERE time IS NULL OR (time >= make_timestamp($1::BIGINT) AND time < make_timestamp($2::BIGINT))
    UNION ALL
    SELECT 3, concat_ws(' ', 'purchases', count(*), epoch_us(min(time)), epoch_us(max(time))) FROM events.purchases
    WHERE time IS NULL OR (time >= make_timestamp($1::BIGINT) AND time < make_timestamp($2::BIGINT))
    UNION ALL
    SELECT 4, concat_ws(' ', 'visits', count(*), epoch_us(min(time)), epoch_us(max(time))) FROM events.visits
    WHERE time IS NULL OR (time >= make_timestamp($1::BIGINT) AND time < make_timestamp($2::BIGINT))
    UNION ALL
    SELECT 5, concat_ws(' ', 'churn', count(*), epoch_us(min(time)), epoch_us(max(time))) FROM events.churn
    WHERE time >= make_timestamp($1::BIGINT) AND time < make_timestamp($2::BIGINT)
    UNION ALL
    SELECT 6, concat_ws(' ', 'customers', count(*), sum(md5_number_lower(concat(length(id), ' ', id, attributes)))) FROM (
        SELECT id, attributes FROM people.customers
        QUALIFY row_number() OVER (PARTITION BY id ORDER BY import_id DESC, attributes DESC) = 1)
    UNION ALL
    SELECT 7, concat_ws(' ', 'products', count(*), sum(md5_number_lower(to_json([id, name, category, price::VARCHAR,
            available_from::VARCHAR, available_to::VARCHAR])::VARCHAR))) FROM (
        SELECT * FROM events.products
        QUALIFY row_number() OVER (PARTITION BY id
            ORDER BY import_id DESC, name, category, price, available_from, available_to) = 1)
    UNION ALL
    SELECT 8, concat_ws(' ', 'contacts', count(*), epoch_us(min(time)), epoch_us(max(time))) FROM events.contacts
    WHERE time IS NULL OR (time >= make_timestamp($1::BIGINT) AND time < make_timestamp($2::BIGINT))
    HAVING count(*) > 0
    UNION ALL
    SELECT 9, concat_ws(' ', 'satisfaction', count(*), epoch_us(min(time)), epoch_us(max(time))) FROM events.satisfaction
    WHERE time IS NULL OR (time >= make_timestamp($1::BIGINT) AND time < make_timestamp($2::BIGINT))
    HAVING count(*) > 0
    UNION ALL
    SELECT 10, concat_ws(' ', 'usage', count(*), epoch_us(min(time)), epoch_us(max(time))) FROM events.usage
    WHERE time IS NULL OR (time >= make_timestamp($1::BIGINT) AND time < make_timestamp($2::BIGINT))
    HAVING count(*) > 0
    UNION ALL
    SELECT 11, concat_ws(' ', 'people', count(*), sum(md5_number_lower(to_json([id, from_at::VARCHAR, to_at::VARCHAR, person])::VARCHAR)))
    FROM identity.holders HAVING count(*) > 0
    UNION ALL
    SELECT 12, concat_ws(' ', 'void', count(*), sum(md5_number_lower(to_json([customer, product, time::VARCHAR, basket, quantity::VARCHAR, amount::VARCHAR])::VARCHAR)))
    FROM events.void_purchases
    WHERE time IS NULL OR (time >= make_timestamp($1::BIGINT) AND time < make_timestamp($2::BIGINT))
    HAVING count(*) > 0
)
ORDER BY part, line
