-- Moves lines out of those that count that a file behind them says are void, or back where
-- none does any more.
CREATE OR REPLACE TEMP TABLE moving AS
SELECT e.rowid AS ord
FROM events.{{.From}} AS e
JOIN touched AS o ON o.customer = e.customer AND o.product = e.product AND o.basket = e.basket
JOIN turns AS t ON t.import_id = e.import_id
LEFT JOIN void AS v ON v.customer = e.customer AND v.product = e.product AND v.basket = e.basket
LEFT JOIN sold AS s ON s.customer = e.customer AND s.product = e.product AND s.basket = e.basket
    AND s.time IS NOT DISTINCT FROM e.time AND s.quantity = e.quantity AND s.amount = e.amount
WHERE {{if eq .From "void_purchases"}}NOT {{end}}(coalesce(v.turn, 0) > greatest(t.turn, s.turn));

INSERT INTO events.{{.To}} ({{.Columns}}, import_id)
SELECT {{.Columns}}, import_id FROM events.{{.From}} WHERE rowid IN (SELECT ord FROM moving) ORDER BY rowid;

DELETE FROM events.{{.From}} WHERE rowid IN (SELECT ord FROM moving)
