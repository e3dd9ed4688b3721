-- Puts good lines without a state of their own aside where their order was void, and
-- lines that a later line of the file says are void, as logs of orders do. It runs before
-- lines are compared with others.
UPDATE staged SET problem = 'aside', state = 'void'
WHERE problem IS NULL AND state IS NULL AND basket <> ''
    AND basket IN (SELECT basket FROM staged WHERE state = 'void' AND problem = 'aside');

UPDATE staged SET problem = 'aside'
FROM (
    SELECT customer, product, basket, quantity, amount, max(rowid) AS last
    FROM staged WHERE state = 'void' AND problem = 'aside' AND basket <> ''
    GROUP BY ALL
) AS v
WHERE staged.problem IS NULL AND staged.customer = v.customer AND staged.product = v.product AND staged.basket = v.basket
    AND staged.quantity = v.quantity AND staged.amount = v.amount AND staged.rowid < v.last
