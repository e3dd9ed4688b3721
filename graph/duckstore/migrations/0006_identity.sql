-- Who is who. Schema identity has what was found and decided about records; the
-- tables of schema events stay as they came. Schema people has the same rows
-- under the person that each id stands for: what makes a graph reads there. Where
-- nothing is merged, both are the same.

CREATE SCHEMA identity;
CREATE SCHEMA people;

-- The last resolution of events.customers: at most one row.
CREATE TABLE identity.resolution (
    resolved_at TIMESTAMP NOT NULL,     -- UTC
    records     BIGINT NOT NULL,        -- how many records were looked at
    fields      VARCHAR NOT NULL,       -- JSON array: name, kind and attributes of each field compared
    options     VARCHAR NOT NULL,       -- JSON object: region, thresholds and so on
    model       VARCHAR NOT NULL,       -- JSON object: what was learned, with m and u of each level
    rules       VARCHAR NOT NULL        -- JSON array: what each blocking rule brought
);

-- The pairs of records that look alike enough to merge or to review, with the
-- evidence in bits: prior + the sum of bits - doubled = weight.
CREATE TABLE identity.links (
    a           VARCHAR NOT NULL,       -- records; a < b
    b           VARCHAR NOT NULL,
    prior       DOUBLE NOT NULL,
    levels      VARCHAR[] NOT NULL,     -- of each field of identity.resolution: exact, close, ..., missing
    bits        DOUBLE[] NOT NULL,
    doubled     DOUBLE NOT NULL,        -- taken off because two people may look alike
    double      VARCHAR NOT NULL,       -- in which way they may; empty for none
    weight      DOUBLE NOT NULL,
    probability DOUBLE NOT NULL,
    fate        VARCHAR NOT NULL        -- merged, for review, cut at a bridge, cut for size, cut by an override
);

-- What people decided, in order, and what follows from it for pairs of records.
CREATE TABLE identity.decisions (
    id         INTEGER NOT NULL,
    decided_at TIMESTAMP NOT NULL,      -- UTC
    decided_by VARCHAR NOT NULL,
    why        VARCHAR NOT NULL,
    action     VARCHAR NOT NULL,        -- merge or split
    records    VARCHAR[] NOT NULL       -- as they were named
);
CREATE TABLE identity.overrides (
    a        VARCHAR NOT NULL,          -- records; a < b
    b        VARCHAR NOT NULL,
    apart    BOOLEAN NOT NULL,          -- or together
    decision INTEGER NOT NULL
);

-- The records of each person that has several; all others stand for themselves.
CREATE TABLE identity.records (
    record VARCHAR NOT NULL,
    person VARCHAR NOT NULL,            -- one of the person's records
    seen   TIMESTAMP                    -- when the record was right, where it says so, UTC
);

-- Which value of an attribute stands for a person.
CREATE TABLE identity.survival (
    attribute VARCHAR NOT NULL,         -- empty: all that have no row of their own
    rule      VARCHAR NOT NULL CHECK (rule IN ('frequent', 'newest', 'longest', 'complete', 'trusted')),
    sources   VARCHAR[] NOT NULL        -- names of files in order of trust, for trusted
);

-- Who held which telephone number when, as files of numbers say.
CREATE TABLE events.numbers (
    number    VARCHAR NOT NULL,
    customer  VARCHAR NOT NULL,
    from_at   TIMESTAMP,                -- NULL: since ever
    to_at     TIMESTAMP,                -- exclusive; NULL: ever since
    import_id INTEGER NOT NULL
);

-- The same by records, with what the customers' attributes say, and the ids of
-- events that are such numbers.
CREATE TABLE identity.numbers (
    number  VARCHAR NOT NULL,           -- E.164 where it is one
    record  VARCHAR NOT NULL,
    from_at TIMESTAMP NOT NULL,         -- -infinity: since ever
    to_at   TIMESTAMP NOT NULL          -- exclusive; infinity: ever since
);

CREATE TABLE identity.spellings (
    id     VARCHAR NOT NULL,            -- as it stands in events
    number VARCHAR NOT NULL
);

-- Whom an id of events stands for at a time. The spans of an id never overlap.
-- An id without a row stands for itself.
CREATE TABLE identity.holders (
    id      VARCHAR NOT NULL,
    from_at TIMESTAMP NOT NULL,
    to_at   TIMESTAMP NOT NULL,
    person  VARCHAR NOT NULL
);

-- The values that the records of merged people have, each with where it came
-- from. Place 1 is the value that stands for the person; ties by rule go to what
-- more records have, then to the newer, the longer, and byte order.
CREATE VIEW identity.candidates AS
SELECT person, attribute, CAST(value AS VARCHAR) AS value, record, import_id, source, seen,
    row_number() OVER (PARTITION BY person, attribute ORDER BY
        CASE rule WHEN 'trusted' THEN coalesce(list_position(sources, source),
            list_position(sources, regexp_replace(source, '[.].*$', '')), 1000000) END,
        CASE rule WHEN 'newest' THEN seen END DESC NULLS LAST,
        CASE rule WHEN 'newest' THEN import_id END DESC,
        CASE rule WHEN 'longest' THEN length(CAST(value AS VARCHAR)) END DESC,
        CASE rule WHEN 'complete' THEN filled END DESC,
        alike DESC, seen DESC NULLS LAST, import_id DESC, length(CAST(value AS VARCHAR)) DESC, CAST(value AS VARCHAR), record) AS place
FROM (
    SELECT v.*, coalesce(s.rule, d.rule, 'frequent') AS rule, coalesce(s.sources, d.sources, []) AS sources,
        count(*) OVER (PARTITION BY v.person, v.attribute, lower(trim(v.value->>'$'))) AS alike
    FROM (
        SELECT r.person, r.record, r.seen, c.import_id, coalesce(parse_filename(i.file), '') AS source,
            unnest(map_keys(c.pairs)) AS attribute, unnest(map_values(c.pairs)) AS value, cardinality(c.pairs) AS filled
        FROM identity.records AS r
        JOIN (
            SELECT id, import_id, CAST(CAST(nullif(attributes, '') AS JSON) AS MAP(VARCHAR, JSON)) AS pairs
            FROM events.customers
            WHERE id IN (SELECT record FROM identity.records)
            QUALIFY row_number() OVER (PARTITION BY id ORDER BY import_id DESC, attributes DESC) = 1
        ) AS c ON c.id = r.record
        LEFT JOIN events.imports AS i ON i.id = c.import_id
    ) AS v
    LEFT JOIN identity.survival AS s ON s.attribute = v.attribute AND s.attribute <> ''
    LEFT JOIN identity.survival AS d ON d.attribute = ''
);

-- The attributes of everybody with where each came from: value is JSON, place 1
-- what stands for the person.
CREATE VIEW people.attributes AS
SELECT person, attribute, value, record, import_id, source, seen, place FROM identity.candidates
UNION ALL
SELECT id, unnest(map_keys(pairs)), CAST(unnest(map_values(pairs)) AS VARCHAR), id, import_id, source, NULL::TIMESTAMP, 1
FROM (
    SELECT c.id, c.import_id, coalesce(parse_filename(i.file), '') AS source,
        CAST(CAST(nullif(c.attributes, '') AS JSON) AS MAP(VARCHAR, JSON)) AS pairs
    FROM events.customers AS c
    LEFT JOIN events.imports AS i ON i.id = c.import_id
    WHERE c.id NOT IN (SELECT record FROM identity.records)
    QUALIFY row_number() OVER (PARTITION BY c.id ORDER BY c.import_id DESC, c.attributes DESC) = 1
);

CREATE VIEW people.customers AS
SELECT c.id, c.attributes, c.import_id FROM events.customers AS c ANTI JOIN identity.records AS r ON r.record = c.id
UNION ALL
SELECT p.person, coalesce(v.attributes, '{}'), p.import_id
FROM (
    SELECT r.person, max(c.import_id) AS import_id
    FROM identity.records AS r JOIN events.customers AS c ON c.id = r.record
    GROUP BY r.person
) AS p
LEFT JOIN (
    SELECT person, '{' || string_agg(CAST(to_json(attribute) AS VARCHAR) || ':' || value, ',' ORDER BY attribute) || '}' AS attributes
    FROM identity.candidates WHERE place = 1
    GROUP BY person
) AS v ON v.person = p.person;

-- What happened at a time unknown is the person's only where one held the id all
-- the time.
CREATE VIEW people.calls AS
SELECT coalesce(f.person, e.caller) AS caller, coalesce(t.person, e.callee) AS callee,
    e.time, e.kind, e.seconds, e.answered, e.import_id
FROM events.calls AS e
LEFT JOIN identity.holders AS f ON f.id = e.caller
    AND coalesce(e.time, TIMESTAMP '-infinity') >= f.from_at AND coalesce(e.time, TIMESTAMP '294247-01-10 04:00:54') < f.to_at
LEFT JOIN identity.holders AS t ON t.id = e.callee
    AND coalesce(e.time, TIMESTAMP '-infinity') >= t.from_at AND coalesce(e.time, TIMESTAMP '294247-01-10 04:00:54') < t.to_at;

CREATE VIEW people.purchases AS
SELECT coalesce(h.person, e.customer) AS customer, e.product, e.time, e.basket, e.quantity, e.amount, e.import_id
FROM events.purchases AS e
LEFT JOIN identity.holders AS h ON h.id = e.customer
    AND coalesce(e.time, TIMESTAMP '-infinity') >= h.from_at AND coalesce(e.time, TIMESTAMP '294247-01-10 04:00:54') < h.to_at;

CREATE VIEW people.visits AS
SELECT coalesce(h.person, e.customer) AS customer, e.product, e.page, e.session, e.time, e.seconds, e.import_id
FROM events.visits AS e
LEFT JOIN identity.holders AS h ON h.id = e.customer
    AND coalesce(e.time, TIMESTAMP '-infinity') >= h.from_at AND coalesce(e.time, TIMESTAMP '294247-01-10 04:00:54') < h.to_at;

-- As events.sessions and events.known_visits, by persons: a session that stands
-- beside several records of one person is that person's.
CREATE MACRO people.sessions(until) AS TABLE
SELECT session, min(customer) AS customer
FROM people.visits
WHERE session <> '' AND customer <> '' AND (time IS NULL OR time < until)
GROUP BY session
HAVING min(customer) = max(customer);

CREATE MACRO people.known_visits(until) AS TABLE
SELECT customer, product, page, session, time, seconds
FROM people.visits
WHERE customer <> '' AND (time IS NULL OR time < until)
UNION ALL
SELECT s.customer, v.product, v.page, v.session, v.time, v.seconds
FROM people.visits AS v
JOIN people.sessions(until) AS s ON s.session = v.session
WHERE v.customer = '' AND v.session <> '' AND (v.time IS NULL OR v.time < until);

CREATE VIEW people.contacts AS
SELECT coalesce(h.person, e.customer) AS customer, e.time, e.campaign, e.arm, e.channel, e.responded, e.outcome, e.converted, e.revenue, e.import_id
FROM events.contacts AS e
LEFT JOIN identity.holders AS h ON h.id = e.customer
    AND coalesce(e.time, TIMESTAMP '-infinity') >= h.from_at AND coalesce(e.time, TIMESTAMP '294247-01-10 04:00:54') < h.to_at;

CREATE VIEW people.satisfaction AS
SELECT coalesce(h.person, e.customer) AS customer, e.time, e.kind, e.topic, e.score, e.lowest, e.highest, e.comment, e.import_id
FROM events.satisfaction AS e
LEFT JOIN identity.holders AS h ON h.id = e.customer
    AND coalesce(e.time, TIMESTAMP '-infinity') >= h.from_at AND coalesce(e.time, TIMESTAMP '294247-01-10 04:00:54') < h.to_at;

CREATE VIEW people.churn AS
SELECT coalesce(h.person, e.customer) AS customer, e.time, e.import_id
FROM events.churn AS e
LEFT JOIN identity.holders AS h ON h.id = e.customer AND e.time >= h.from_at AND e.time < h.to_at;

-- Corrections of a record count for its person, unless the person has its own.
CREATE VIEW people.corrections AS
SELECT kind, from_person AS from_id, to_person AS to_id, weight
FROM (
    SELECT x.*, coalesce(f.person, x.from_id) AS from_person, coalesce(t.person, x.to_id) AS to_person
    FROM graph.corrections AS x
    LEFT JOIN identity.records AS f ON f.record = x.from_id
    LEFT JOIN identity.records AS t ON t.record = x.to_id AND x.kind = 'CALLED'
)
WHERE kind <> 'CALLED' OR from_person <> to_person OR from_id = to_id
QUALIFY row_number() OVER (PARTITION BY kind, from_person, to_person
    ORDER BY (from_id <> from_person)::INTEGER + (to_id <> to_person)::INTEGER, from_id, to_id) = 1;
