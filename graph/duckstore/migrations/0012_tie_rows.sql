-- The ends of ties are stored as numbers too, for the reasons of 0011: those that
-- the nodes have beside their ids. A new node gets the number behind the highest;
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

CREATE TYPE graph.tie_kind AS ENUM ('CALLED', 'BOUGHT', 'VIEWED');
CREATE TABLE graph.tie_rows (
    kind     graph.tie_kind NOT NULL,
    from_n   UINTEGER NOT NULL,         -- graph.customers
    to_n     UINTEGER NOT NULL,         -- graph.customers where CALLED, otherwise graph.products
    weight   DOUBLE NOT NULL,
    count    BIGINT NOT NULL,
    messages BIGINT NOT NULL,
    seconds  BIGINT NOT NULL,
    quantity DOUBLE NOT NULL,
    amount   DOUBLE NOT NULL,
    first_at TIMESTAMP,
    last_at  TIMESTAMP
);
INSERT INTO graph.tie_rows
SELECT t.kind::graph.tie_kind, f.n, e.n, t.weight, t.count, t.messages, t.seconds, t.quantity, t.amount, t.first_at, t.last_at
FROM graph.ties AS t
JOIN graph.customers AS f ON f.id = t.from_id
JOIN (
    SELECT 'CALLED' AS what, id, n FROM graph.customers
    UNION ALL
    SELECT 'product', id, n FROM graph.products
) AS e ON e.id = t.to_id AND (e.what = 'CALLED') = (t.kind = 'CALLED');
DROP TABLE graph.ties;

-- The ties with their ids; concat is there for the reason given in 0011.
CREATE VIEW graph.ties AS
SELECT 'CALLED' AS kind, f.id AS from_id, e.id AS to_id,
    t.weight, t.count, t.messages, t.seconds, t.quantity, t.amount, t.first_at, t.last_at
FROM graph.tie_rows AS t
JOIN graph.customers AS f ON f.n = t.from_n
JOIN (SELECT n, concat(id) AS id FROM graph.customers) AS e ON e.n = t.to_n
WHERE t.kind = 'CALLED'
UNION ALL
SELECT CAST(t.kind AS VARCHAR), f.id, e.id,
    t.weight, t.count, t.messages, t.seconds, t.quantity, t.amount, t.first_at, t.last_at
FROM graph.tie_rows AS t
JOIN graph.customers AS f ON f.n = t.from_n
JOIN graph.products AS e ON e.n = t.to_n
WHERE t.kind <> 'CALLED';
