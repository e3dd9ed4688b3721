-- What files say became of lines of orders, which an earlier file may have brought as
-- bought.
CREATE TABLE events.order_states (
    customer  VARCHAR NOT NULL,
    product   VARCHAR NOT NULL,
    time      TIMESTAMP,
    basket    VARCHAR NOT NULL,
    quantity  DECIMAL(18,3),
    amount    DECIMAL(18,4),
    void      BOOLEAN NOT NULL,         -- cancelled, given back or not paid, for all such lines of the order; false: this one is sold after all
    import_id INTEGER NOT NULL
);

-- Purchase lines that count for nothing, as a later file says that they are void.
CREATE TABLE events.void_purchases (
    customer  VARCHAR NOT NULL,
    product   VARCHAR NOT NULL,
    time      TIMESTAMP,
    basket    VARCHAR NOT NULL,
    quantity  DECIMAL(18,3) NOT NULL,
    amount    DECIMAL(18,4) NOT NULL,
    import_id INTEGER NOT NULL
);

-- All purchase lines, whether they count or not.
CREATE VIEW events.purchase_lines AS
SELECT customer, product, time, basket, quantity, amount, import_id FROM events.purchases
UNION ALL
SELECT customer, product, time, basket, quantity, amount, import_id FROM events.void_purchases;
