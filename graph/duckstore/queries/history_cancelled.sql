-- How many lines of orders count for nothing, as files say that they were cancelled, given
-- back or not paid: those that a file brought as bought, and those that no file did.
WITH lines AS (
    SELECT count(*) AS n
    FROM events.void_purchases AS e
    LEFT JOIN identity.holders AS h ON h.id = e.customer
        AND coalesce(e.time, TIMESTAMP '-infinity') >= h.from_at AND coalesce(e.time, TIMESTAMP '294247-01-10 04:00:54') < h.to_at
    WHERE coalesce(h.person, e.customer) = $1 AND (time IS NULL OR (time >= make_timestamp($2) AND time < make_timestamp($3)))
),
said AS (
    SELECT DISTINCT e.customer, e.product, e.basket
    FROM events.order_states AS e
    LEFT JOIN identity.holders AS h ON h.id = e.customer
        AND coalesce(e.time, TIMESTAMP '-infinity') >= h.from_at AND coalesce(e.time, TIMESTAMP '294247-01-10 04:00:54') < h.to_at
    WHERE void AND coalesce(h.person, e.customer) = $1 AND (time IS NULL OR (time >= make_timestamp($2) AND time < make_timestamp($3)))
)
SELECT (SELECT n FROM lines) + (
    SELECT count(*) FROM said
    WHERE NOT EXISTS (
        SELECT 1 FROM events.purchase_lines AS p
        WHERE p.customer = said.customer AND p.product = said.product AND p.basket = said.basket
    )
)
