-- The three parts of one kith.duckdb: events as they came in, the graph summed
-- from a window of them, and what the current run found. Analysts may read all
-- of it with SQL; they may write to graph.corrections. No column is called "at",
-- which DuckDB takes for a keyword.

CREATE SCHEMA events;
CREATE SCHEMA graph;
CREATE SCHEMA result;

-- One row per file taken in: its receipt.
CREATE TABLE events.imports (
    id         INTEGER PRIMARY KEY,
    loaded_at  TIMESTAMP NOT NULL,      -- when the load ended, UTC
    kind       VARCHAR NOT NULL,        -- calls, purchases, customers, products, visits, churn
    file       VARCHAR NOT NULL,        -- as the user named it
    hash       VARCHAR NOT NULL,        -- sha256 of the bytes, hex
    bytes      BIGINT NOT NULL,
    mapping    VARCHAR NOT NULL,        -- JSON object field -> column or literal
    rows       BIGINT NOT NULL,         -- rows = accepted + duplicates + rejected
    accepted   BIGINT NOT NULL,
    duplicates BIGINT NOT NULL,
    rejected   BIGINT NOT NULL,
    first_at   TIMESTAMP,               -- span of the accepted events, UTC
    last_at    TIMESTAMP,
    seconds    DOUBLE NOT NULL,         -- how long the load took
    notes      VARCHAR NOT NULL         -- JSON array of sentences for a person
);

CREATE TABLE events.rejects (
    import_id INTEGER NOT NULL,
    line      BIGINT NOT NULL,          -- 1 is the first line of the file
    col       VARCHAR NOT NULL,         -- empty when the whole row is at fault
    reason    VARCHAR NOT NULL,
    row       VARCHAR NOT NULL          -- the row's text, cut at 4,096 characters
);

CREATE TABLE events.calls (
    caller    VARCHAR NOT NULL,
    callee    VARCHAR NOT NULL,
    time      TIMESTAMP,                -- start, UTC; NULL where the source has no times
    kind      VARCHAR NOT NULL,         -- voice, message, data
    seconds   BIGINT NOT NULL,          -- 0 for a missed call and for messages
    answered  BOOLEAN NOT NULL,
    import_id INTEGER NOT NULL
);

CREATE TABLE events.purchases (
    customer  VARCHAR NOT NULL,
    product   VARCHAR NOT NULL,
    time      TIMESTAMP,
    basket    VARCHAR NOT NULL,         -- receipt or invoice number, empty when unknown
    quantity  DECIMAL(18,3) NOT NULL,   -- negative for returns
    amount    DECIMAL(18,4) NOT NULL,   -- money of the line, negative for returns
    import_id INTEGER NOT NULL
);

CREATE TABLE events.visits (
    customer  VARCHAR NOT NULL,
    product   VARCHAR NOT NULL,
    time      TIMESTAMP,
    seconds   BIGINT NOT NULL,          -- dwelling time
    import_id INTEGER NOT NULL
);

CREATE TABLE events.churn (
    customer  VARCHAR NOT NULL,
    time      TIMESTAMP NOT NULL,
    import_id INTEGER NOT NULL
);

CREATE TABLE events.customers (         -- newest import wins
    id         VARCHAR NOT NULL,
    attributes VARCHAR NOT NULL,        -- JSON object, keys in byte order
    import_id  INTEGER NOT NULL
);

CREATE TABLE events.products (          -- newest import wins
    id             VARCHAR NOT NULL,
    name           VARCHAR NOT NULL,
    category       VARCHAR NOT NULL,
    price          DECIMAL(18,4),
    available_from TIMESTAMP,
    available_to   TIMESTAMP,
    import_id      INTEGER NOT NULL
);

CREATE TABLE graph.customers (id VARCHAR NOT NULL, attributes VARCHAR NOT NULL);
CREATE TABLE graph.products (
    id VARCHAR NOT NULL, name VARCHAR NOT NULL, category VARCHAR NOT NULL,
    price DOUBLE, available_from TIMESTAMP, available_to TIMESTAMP
);
CREATE TABLE graph.ties (
    kind     VARCHAR NOT NULL,          -- CALLED, BOUGHT, VIEWED
    from_id  VARCHAR NOT NULL,
    to_id    VARCHAR NOT NULL,
    weight   DOUBLE NOT NULL,
    count    BIGINT NOT NULL,
    messages BIGINT NOT NULL,
    seconds  BIGINT NOT NULL,
    quantity DOUBLE NOT NULL,
    amount   DOUBLE NOT NULL,
    first_at TIMESTAMP,
    last_at  TIMESTAMP
);
-- Weights fixed by hand; they win over graph.ties and outlive every Sync, also
-- where the events have no such tie (any more). A weight of 0 says no tie.
CREATE TABLE graph.corrections (
    kind    VARCHAR NOT NULL CHECK (kind IN ('CALLED', 'BOUGHT', 'VIEWED')),
    from_id VARCHAR NOT NULL CHECK (from_id <> ''),
    to_id   VARCHAR NOT NULL CHECK (to_id <> ''),
    weight  DOUBLE NOT NULL CHECK (weight >= 0 AND weight < 3.4e38),
    PRIMARY KEY (kind, from_id, to_id)
);

CREATE TABLE result.runs (
    id VARCHAR NOT NULL, ended_at TIMESTAMP NOT NULL, as_of TIMESTAMP, seed UBIGINT NOT NULL,
    version VARCHAR NOT NULL, quality VARCHAR NOT NULL -- JSON object
);
CREATE TABLE result.communities (
    id VARCHAR NOT NULL, parent VARCHAR NOT NULL, level INTEGER NOT NULL, size INTEGER NOT NULL,
    density DOUBLE NOT NULL, risk DOUBLE NOT NULL, expected_loss DOUBLE NOT NULL,
    leader VARCHAR NOT NULL, disseminator VARCHAR NOT NULL
);
CREATE TABLE result.customers (
    id VARCHAR NOT NULL, community VARCHAR NOT NULL, role VARCHAR NOT NULL, core BOOLEAN NOT NULL,
    pagerank DOUBLE NOT NULL, authority DOUBLE NOT NULL, dissemination DOUBLE NOT NULL,
    susceptibility DOUBLE NOT NULL, churn_risk DOUBLE NOT NULL, own_value DOUBLE NOT NULL
);
CREATE TABLE result.memberships (
    customer VARCHAR NOT NULL, community VARCHAR NOT NULL, degree DOUBLE NOT NULL,
    core BOOLEAN NOT NULL, leader BOOLEAN NOT NULL
);
CREATE TABLE result.preferences (
    community VARCHAR NOT NULL, product VARCHAR NOT NULL, supporters INTEGER NOT NULL,
    support DOUBLE NOT NULL, lift DOUBLE NOT NULL, lift_low DOUBLE NOT NULL
);
