-- Keeps what the file of the import {{.}} says of lines of orders that an earlier file may
-- have brought: that they are void, or sold, which an earlier file said they are not.
INSERT INTO events.order_states (customer, product, time, basket, quantity, amount, void, import_id)
SELECT DISTINCT customer, product, time, basket, quantity, amount, true, {{.}}
FROM staged
WHERE problem = 'aside' AND customer <> '' AND product <> '' AND basket <> '';

INSERT INTO events.order_states (customer, product, time, basket, quantity, amount, void, import_id)
SELECT DISTINCT customer, product, time, basket, quantity, amount, false, {{.}}
FROM staged SEMI JOIN (SELECT * FROM events.order_states WHERE void) AS o USING (customer, product, basket)
WHERE starts_with(problem, 'duplicate|')
