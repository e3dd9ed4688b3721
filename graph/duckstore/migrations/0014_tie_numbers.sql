-- The ends of ties are stored as numbers too, for the reasons of 0011: those that
-- the nodes have beside their ids. They mean nothing, and a sync may give others;
-- nodes that went leave holes.
ALTER TABLE graph.customers RENAME TO old_customers;
CREATE TABLE graph.customers (
    id         VARCHAR NOT NULL,
    attributes VARCHAR NOT NULL,
    n          UINTEGER NOT NULL
);
INSERT INTO graph.customers SELECT id, attributes, row_number() OVER (ORDER BY id) - 1 FROM graph.old_customers;
DROP TABLE graph.old_customers;

ALTER TABLE graph.products RENAME TO old_products;
CREATE TABLE graph.products (
    id             VARCHAR NOT NULL,
    name           VARCHAR NOT NULL,
    category       VARCHAR NOT NULL,
    price          DOUBLE,
    available_from TIMESTAMP,
    available_to   TIMESTAMP,
    n              UINTEGER NOT NULL
);
INSERT INTO graph.products SELECT *, row_number() OVER (ORDER BY id) - 1 FROM graph.old_products;
DROP TABLE graph.old_products;

CREATE TABLE graph.call_ties (
    from_n   UINTEGER NOT NULL,         -- graph.customers
    to_n     UINTEGER NOT NULL,         -- graph.customers
    weight   DOUBLE NOT NULL,
    count    BIGINT NOT NULL,
    messages BIGINT NOT NULL,
    seconds  BIGINT NOT NULL,
    first_at TIMESTAMP,
    last_at  TIMESTAMP
);
INSERT INTO graph.call_ties
SELECT f.n, e.n, t.weight, t.count, t.messages, t.seconds, t.first_at, t.last_at
FROM graph.ties AS t
JOIN graph.customers AS f ON f.id = t.from_id
JOIN graph.customers AS e ON e.id = t.to_id
WHERE t.kind = 'CALLED';

CREATE TABLE graph.product_ties (
    kind     VARCHAR NOT NULL,          -- BOUGHT, VIEWED
    from_n   UINTEGER NOT NULL,         -- graph.customers
    to_n     UINTEGER NOT NULL,         -- graph.products
    weight   DOUBLE NOT NULL,
    count    BIGINT NOT NULL,
    seconds  BIGINT NOT NULL,
    quantity DOUBLE NOT NULL,
    amount   DOUBLE NOT NULL,
    first_at TIMESTAMP,
    last_at  TIMESTAMP
);
INSERT INTO graph.product_ties
SELECT t.kind, f.n, e.n, t.weight, t.count, t.seconds, t.quantity, t.amount, t.first_at, t.last_at
FROM graph.ties AS t
JOIN graph.customers AS f ON f.id = t.from_id
JOIN graph.products AS e ON e.id = t.to_id
WHERE t.kind <> 'CALLED';
DROP TABLE graph.ties;

-- The ties with their ids; concat is there for the reason given in 0011.
CREATE VIEW graph.ties AS
SELECT 'CALLED' AS kind, f.id AS from_id, e.id AS to_id,
    t.weight, t.count, t.messages, t.seconds, 0::DOUBLE AS quantity, 0::DOUBLE AS amount, t.first_at, t.last_at
FROM graph.call_ties AS t
JOIN graph.customers AS f ON f.n = t.from_n
JOIN (SELECT n, concat(id) AS id FROM graph.customers) AS e ON e.n = t.to_n
UNION ALL
SELECT t.kind, f.id, e.id,
    t.weight, t.count, 0, t.seconds, t.quantity, t.amount, t.first_at, t.last_at
FROM graph.product_ties AS t
JOIN graph.customers AS f ON f.n = t.from_n
JOIN graph.products AS e ON e.n = t.to_n;
