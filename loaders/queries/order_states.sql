-- Keeps what the file of the import {{.}} says of lines of orders that an earlier file may
-- have brought: that they are void, or sold, where a file says that they are not; also one
-- that was taken back, as it may be loaded again and stands where it stood then.
INSERT INTO events.order_states (customer, product, time, basket, quantity, amount, void, import_id)
SELECT DISTINCT customer, product, time, basket, quantity, amount, true, {{.}}
FROM staged
WHERE problem = 'aside' AND state = 'void' AND customer <> '' AND product <> '' AND basket <> '';

INSERT INTO events.order_states (customer, product, time, basket, quantity, amount, void, import_id)
SELECT DISTINCT customer, product, time, basket, quantity, amount, false, {{.}}
FROM staged
WHERE starts_with(problem, 'duplicate|') AND basket <> '' AND (
    EXISTS (SELECT 1 FROM events.imports WHERE kind = 'purchases' AND undone_at IS NOT NULL)
    OR (customer, product, basket) IN (SELECT (customer, product, basket) FROM events.order_states WHERE void))
