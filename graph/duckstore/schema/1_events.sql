-- Events as they came in. No column is called "at", which DuckDB takes for a keyword.
CREATE SCHEMA events;

-- Words that stand for numbers: as texts they would take longer to store than all else
-- of a row.
CREATE TYPE events.call_kind AS ENUM ('voice', 'message', 'data');

CREATE TYPE events.named AS ENUM ('customer', 'product');

-- One row per file taken in: its receipt.
CREATE TABLE events.imports (
    id         INTEGER PRIMARY KEY,
    loaded_at  TIMESTAMP NOT NULL,      -- when the load ended, UTC
    kind       VARCHAR NOT NULL,        -- calls, purchases, customers, and so on
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
    notes      VARCHAR NOT NULL,        -- JSON array of sentences for a person
    repeats    VARCHAR DEFAULT '[]',    -- JSON array of {reason, count}: why rows counted as duplicates
    warnings   VARCHAR DEFAULT '[]',    -- JSON array of {warning, count, line}: what a person should look at
    new_customers BIGINT,               -- how many the file was the first to name; NULL where that was not counted
    new_products  BIGINT,
    undone_at   TIMESTAMP,              -- when it was taken back, UTC; NULL while it stands
    in_place_of INTEGER,                -- the import in whose place the file came again; NULL: its own
    replaced    BIGINT DEFAULT 0,       -- customers or products that it gave other values; NULL where the former ones are not kept
    covers      VARCHAR[]               -- attributes of customers or fields of products that the file has; NULL: it says all there is
);

CREATE TABLE events.rejects (
    import_id INTEGER NOT NULL,
    line      BIGINT NOT NULL,          -- 1 is the first line of the file
    col       VARCHAR NOT NULL,         -- empty when the whole row is at fault
    reason    VARCHAR NOT NULL,
    row       VARCHAR NOT NULL          -- the row's text, cut at 4,096 characters
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

-- Visits of pages and products, also of people who have not said yet who they are: an
-- empty customer with a session. A session belongs to the customer whose id stands
-- beside it in some visit. One that stands beside several belongs to none, as nobody
-- knows who of them it was.
CREATE TABLE events.visits (
    customer  VARCHAR NOT NULL,
    product   VARCHAR NOT NULL,         -- empty where a page is no product
    time      TIMESTAMP,
    seconds   BIGINT NOT NULL,          -- dwelling time
    import_id INTEGER NOT NULL,
    page      VARCHAR NOT NULL DEFAULT '', -- what was looked at on the web, empty when unknown
    session   VARCHAR NOT NULL DEFAULT ''  -- session or cookie, empty when unknown
);

CREATE TABLE events.churn (
    customer  VARCHAR NOT NULL,
    time      TIMESTAMP NOT NULL,
    import_id INTEGER NOT NULL
);

CREATE TABLE events.customers (         -- newest import wins, of each attribute
    id         VARCHAR NOT NULL,
    attributes VARCHAR NOT NULL,        -- JSON object, keys in byte order
    import_id  INTEGER NOT NULL,
    carried    MAP(VARCHAR, INTEGER)    -- attributes of earlier imports, and of which; NULL: none
);

CREATE TABLE events.products (          -- newest import wins, of each field
    id             VARCHAR NOT NULL,
    name           VARCHAR NOT NULL,
    category       VARCHAR NOT NULL,
    price          DECIMAL(18,4),
    available_from TIMESTAMP,
    available_to   TIMESTAMP,
    import_id      INTEGER NOT NULL,
    carried        MAP(VARCHAR, INTEGER) -- fields of earlier imports, and of which; NULL: none
);

-- What is said of some attributes in a JSON object, written as the object is.
CREATE MACRO events.said(attributes, names) AS coalesce('{' || array_to_string(list_transform(
    list_filter(map_entries(CAST(CAST(nullif(attributes, '') AS JSON) AS MAP(VARCHAR, JSON))), lambda e: list_contains(names, e.key)),
    lambda e: CAST(to_json(e.key) AS VARCHAR) || ':' || CAST(e.value AS VARCHAR)), ',') || '}', '');

-- Whom campaigns touched and what came of it, and how content customers say
-- they are.
CREATE TABLE events.contacts (
    customer  VARCHAR NOT NULL,
    time      TIMESTAMP,                -- of the contact, UTC; NULL where the source has no times
    campaign  VARCHAR NOT NULL,         -- empty when unknown, as are arm and channel
    arm       VARCHAR NOT NULL,         -- what was tried on the customer: an offer, a variant, control
    channel   VARCHAR NOT NULL,
    responded BOOLEAN,                  -- NULL where the source does not say
    outcome   VARCHAR NOT NULL,         -- the response in the words of the source, empty for a mere yes or no
    converted BOOLEAN,                  -- whether the customer did what was asked for, such as buying; NULL when unknown
    revenue   DECIMAL(18,4),            -- money that came of it; NULL when unknown
    import_id INTEGER NOT NULL
);

CREATE TABLE events.satisfaction (
    customer  VARCHAR NOT NULL,
    time      TIMESTAMP,                -- UTC; NULL where the source has no times
    kind      VARCHAR NOT NULL,         -- survey, complaint, praise
    topic     VARCHAR NOT NULL,         -- empty when unknown
    score     DOUBLE,                   -- NULL where there is none; the higher the better
    lowest    DOUBLE,                   -- the scale of the score, both ends included; NULL when unknown
    highest   DOUBLE,
    comment   VARCHAR NOT NULL,
    import_id INTEGER NOT NULL
);

-- Who held which telephone number when, as files of numbers say.
CREATE TABLE events.numbers (
    number    VARCHAR NOT NULL,
    customer  VARCHAR NOT NULL,
    time      TIMESTAMP,                -- from when on; NULL: since ever
    to_at     TIMESTAMP,                -- exclusive; NULL: ever since
    import_id INTEGER NOT NULL
);

-- Batches of events that were posted, by the key that the sender gave, so that one
-- that is sent again gets the same answer and changes nothing. Old keys go.
CREATE TABLE events.posts (
    key       VARCHAR PRIMARY KEY,      -- sha256 of the key, hex
    hash      VARCHAR NOT NULL,         -- sha256 of the batch, hex
    posted_at TIMESTAMP NOT NULL,       -- when it was stored, UTC
    receipt   VARCHAR NOT NULL          -- the answer, JSON
);

-- Data sessions, which have no other side: a customer's own use, which ties nobody.
CREATE TABLE events.usage (
    customer  VARCHAR NOT NULL,
    time      TIMESTAMP,                -- start, UTC; NULL where the source has no times
    seconds   BIGINT NOT NULL,
    bytes     BIGINT,                   -- in both directions; NULL where the source does not say
    import_id INTEGER NOT NULL
);

-- Records of the callee's side of calls that the caller's side recorded too. They count
-- for nothing, unless the other side's turn out to be fewer.
CREATE TABLE events.call_twins (
    caller    UINTEGER NOT NULL,        -- events.ids
    callee    UINTEGER NOT NULL,        -- events.ids
    time      TIMESTAMP NOT NULL,
    kind      events.call_kind NOT NULL,
    seconds   BIGINT NOT NULL,
    answered  BOOLEAN NOT NULL,
    import_id INTEGER NOT NULL
);

-- What customers and products were before a later import.
CREATE TABLE events.former_customers (
    id          VARCHAR NOT NULL,
    attributes  VARCHAR NOT NULL,
    import_id   INTEGER NOT NULL,       -- whose values these are
    replaced_by INTEGER NOT NULL        -- the next import with others
);

CREATE TABLE events.former_products (
    id             VARCHAR NOT NULL,
    name           VARCHAR NOT NULL,
    category       VARCHAR NOT NULL,
    price          DECIMAL(18,4),
    available_from TIMESTAMP,
    available_to   TIMESTAMP,
    import_id      INTEGER NOT NULL,
    replaced_by    INTEGER NOT NULL
);

-- How many rows of an import count as duplicates because an earlier one had them;
-- NULL: perhaps some, as it was not counted.
CREATE TABLE events.repeated (
    import_id INTEGER NOT NULL,
    earlier   INTEGER NOT NULL,
    rows      BIGINT
);

CREATE TABLE events.packed_calls (
    caller UINTEGER NOT NULL USING COMPRESSION bitpacking,            -- events.ids
    callee UINTEGER NOT NULL USING COMPRESSION bitpacking,            -- events.ids
    time   TIMESTAMP USING COMPRESSION bitpacking,                    -- start, UTC; NULL where the source has no times
    what   UBIGINT NOT NULL USING COMPRESSION bitpacking              -- of events.packed_call
);

-- Every id that a file has named, so that new ones are known without a look at all
-- events. An id may be missing here, never stand twice.
CREATE TABLE events.known (
    what      events.named NOT NULL,
    id        VARCHAR NOT NULL USING COMPRESSION uncompressed,
    import_id INTEGER NOT NULL          -- the first that named it
);

-- The two ends of a call are numbers: to store, compare and group by a number takes a
-- fraction of the time and the room of a text. An id stands here as long as a stored call
-- names it, once; numbers begin with 0, a new id gets the one behind the highest, and what
-- no call names any more leaves a hole. There is no index, as one writer at a time sees to
-- it that neither an id nor a number stands twice. Ids lie as they are: texts that all
-- differ shrink by little.
CREATE TABLE events.ids (
    n  UINTEGER NOT NULL USING COMPRESSION bitpacking,
    id VARCHAR NOT NULL USING COMPRESSION uncompressed
);

-- Sessions and their customers, as far as they were known before a time.
CREATE MACRO events.sessions(until) AS TABLE
SELECT session, min(customer) AS customer
FROM events.visits
WHERE session <> '' AND customer <> '' AND (time IS NULL OR time < until)
GROUP BY session
HAVING min(customer) = max(customer);

-- The visits of customers before a time, those of their sessions included.
CREATE MACRO events.known_visits(until) AS TABLE
SELECT customer, product, page, session, time, seconds
FROM events.visits
WHERE customer <> '' AND (time IS NULL OR time < until)
UNION ALL
SELECT s.customer, v.product, v.page, v.session, v.time, v.seconds
FROM events.visits AS v
JOIN events.sessions(until) AS s ON s.session = v.session
WHERE v.customer = '' AND v.session <> '' AND (v.time IS NULL OR v.time < until);

-- The name of a file that it is known by beside its bytes, with the folders that give
-- columns: NULL where the bytes alone tell, as the newest word does not count or the name
-- says nothing.
CREATE MACRO events.title(kind, file, mapping) AS CASE
    WHEN file <> 'stdin' AND json_extract_string(mapping, '$."(sql)"') IS NULL AND (kind IN ('customers', 'products') OR kind = 'purchases'
        AND json_extract_string(mapping, '$.status') NOT LIKE '''%' AND json_extract_string(mapping, '$.basket') NOT LIKE '''%')
    THEN array_to_string(list_filter(string_split(file, '/'), lambda part, i: i = len(string_split(file, '/')) OR regexp_matches(part, '^[^=]+=')), '/') END;

-- The imports that lack rows which they left out because of one that was taken back
-- since: loading the file again brings these. Posts have no file.
CREATE VIEW events.lacking AS
SELECT r.import_id, r.earlier, r.rows
FROM events.repeated AS r
JOIN events.imports AS i ON i.id = r.import_id AND i.undone_at IS NULL
JOIN events.imports AS u ON u.id = r.earlier AND u.undone_at IS NOT NULL
WHERE i.mapping = '{}' OR NOT EXISTS (
    SELECT 1 FROM events.imports AS g
    WHERE g.kind = i.kind AND g.hash = i.hash AND g.id > i.id AND g.undone_at IS NULL AND g.loaded_at > u.undone_at
        AND json_merge_patch(g.mapping, '{"(map file)":null}') = json_merge_patch(i.mapping, '{"(map file)":null}')
        AND coalesce(events.title(g.kind, g.file, g.mapping) = events.title(i.kind, i.file, i.mapping), true)
);

-- What a call was, as one number. From the lowest bit on: two of the kind, one where it
-- was not answered, thirty of the seconds, thirty of the import, and one where the record
-- is of the callee's side.
CREATE MACRO events.packed_call(kind, seconds, answered, import_id, received) AS
    CASE WHEN received THEN 9223372036854775808::UBIGINT ELSE 0::UBIGINT END
    | (CAST(import_id AS UBIGINT) << 33)
    | (CAST(seconds AS UBIGINT) << 3)
    | CASE WHEN answered THEN 0::UBIGINT ELSE 4::UBIGINT END
    | CAST(enum_code(CAST(kind AS events.call_kind)) AS UBIGINT);

CREATE VIEW events.call_rows AS
SELECT rowid AS row, caller, callee, time, what,
    CASE what & 3
        WHEN 0 THEN CAST('voice' AS events.call_kind)
        WHEN 1 THEN CAST('message' AS events.call_kind)
        ELSE CAST('data' AS events.call_kind)
    END AS kind,
    CAST((what >> 3) & 1073741823 AS BIGINT) AS seconds,              -- 0 for a missed call and for messages
    what & 4 = 0 AS answered,
    CAST((what >> 33) & 1073741823 AS INTEGER) AS import_id,
    what >= 9223372036854775808 AS received                           -- the record is of the callee's side
FROM events.packed_calls;

-- The calls with their ids, as they came. The two joins are not written alike, as
-- DuckDB 1.5 may take the one for the other where a query has the view twice
-- (duckdb/duckdb issue 25819); concat changes nothing else.
CREATE VIEW events.calls AS
SELECT f.id AS caller, t.id AS callee, c.time, c.kind, c.seconds, c.answered, c.import_id
FROM events.call_rows AS c
JOIN events.ids AS f ON f.n = c.caller
JOIN (SELECT n, concat(id) AS id FROM events.ids) AS t ON t.n = c.callee;
