-- Finds out of which touched lines a file that came behind them says that they are void,
-- and no later one that they are sold. A return of what is void is void, too.
CREATE TEMP TABLE turns AS
SELECT id AS import_id, coalesce(in_place_of, id) AS turn FROM events.imports WHERE id <> {{.Import}}
UNION ALL
SELECT {{.Import}}, {{.Turn}};

CREATE TEMP TABLE void AS
SELECT customer, product, basket, max(turn) AS turn
FROM events.order_states JOIN turns USING (import_id) SEMI JOIN touched USING (customer, product, basket)
WHERE void
GROUP BY ALL;

CREATE TEMP TABLE sold AS
SELECT customer, product, time, basket, quantity, amount, max(turn) AS turn
FROM events.order_states JOIN turns USING (import_id) SEMI JOIN touched USING (customer, product, basket)
WHERE NOT void
GROUP BY ALL;

CREATE TEMP TABLE verdicts AS
SELECT place, ord, CASE WHEN quantity < 0 THEN said AND NOT bool_or(quantity >= 0 AND NOT late) OVER (PARTITION BY customer, product, basket) ELSE late END AS void
FROM (
    SELECT e.place, e.ord, e.customer, e.product, e.basket, e.quantity, v.turn IS NOT NULL AS said, coalesce(v.turn, 0) > greatest(t.turn, s.turn) AS late
    FROM (
        SELECT 'purchases' AS place, rowid AS ord, * FROM events.purchases
        UNION ALL
        SELECT 'void_purchases', rowid, * FROM events.void_purchases
    ) AS e
    JOIN touched AS o ON o.customer = e.customer AND o.product = e.product AND o.basket = e.basket
    JOIN turns AS t ON t.import_id = e.import_id
    LEFT JOIN void AS v ON v.customer = e.customer AND v.product = e.product AND v.basket = e.basket
    LEFT JOIN sold AS s ON s.customer = e.customer AND s.product = e.product AND s.basket = e.basket
        AND s.time IS NOT DISTINCT FROM e.time AND s.quantity = e.quantity AND s.amount = e.amount
)
