-- The graph, summed from a window of events. Analysts may write to graph.corrections.
CREATE SCHEMA graph;

-- Weights fixed by hand; they win over graph.ties and outlive every Sync, also
-- where the events have no such tie (any more). A weight of 0 says no tie.
CREATE TABLE graph.corrections (
    kind    VARCHAR NOT NULL CHECK (kind IN ('CALLED', 'BOUGHT', 'VIEWED')),
    from_id VARCHAR NOT NULL CHECK (from_id <> ''),
    to_id   VARCHAR NOT NULL CHECK (to_id <> ''),
    weight  DOUBLE NOT NULL CHECK (weight >= 0 AND weight < 3.4e38),
    PRIMARY KEY (kind, from_id, to_id)
);

CREATE TABLE graph.products (
    id             VARCHAR NOT NULL,
    name           VARCHAR NOT NULL,
    category       VARCHAR NOT NULL,
    price          DOUBLE,
    available_from TIMESTAMP,
    available_to   TIMESTAMP,
    n              UINTEGER NOT NULL
);

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

CREATE TABLE graph.call_ties (
    from_n   UINTEGER NOT NULL USING COMPRESSION bitpacking,          -- graph.customers
    to_n     UINTEGER NOT NULL USING COMPRESSION bitpacking,          -- graph.customers
    weight   DOUBLE NOT NULL,
    count    BIGINT NOT NULL USING COMPRESSION bitpacking,
    messages BIGINT NOT NULL USING COMPRESSION bitpacking,
    seconds  BIGINT NOT NULL USING COMPRESSION bitpacking,
    first_at TIMESTAMP USING COMPRESSION bitpacking,
    last_at  TIMESTAMP USING COMPRESSION bitpacking
);

-- The nodes have numbers, too, by which ties name them: those who call have those of
-- people.ids, others some from 2^31 on. They mean nothing, and a sync may give others;
-- nodes that went leave holes.
CREATE TABLE graph.customers (
    id         VARCHAR NOT NULL USING COMPRESSION uncompressed,
    attributes VARCHAR NOT NULL,
    n          UINTEGER NOT NULL USING COMPRESSION bitpacking
);

-- The ties with their ids; concat is there as in events.calls.
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
