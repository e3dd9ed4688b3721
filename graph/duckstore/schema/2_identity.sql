-- Who is who: what was found and decided about records. The tables of schema events stay
-- as they came.
CREATE SCHEMA identity;

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

-- The values that the records of merged people have, each with where it came from. Place 1
-- is the value that stands for the person; ties by rule go to what more records have, then
-- to the newer, the longer, and byte order. What is newest goes by when a file came first:
-- one that was loaded again after it was taken back stands where it stood.
CREATE VIEW identity.candidates AS
SELECT person, attribute, CAST(value AS VARCHAR) AS value, record, import_id, source, seen,
    row_number() OVER (PARTITION BY person, attribute ORDER BY
        CASE rule WHEN 'trusted' THEN coalesce(list_position(sources, source),
            list_position(sources, regexp_replace(source, '[.].*$', '')), 1000000) END,
        CASE rule WHEN 'newest' THEN seen END DESC NULLS LAST,
        CASE rule WHEN 'newest' THEN turn END DESC,
        CASE rule WHEN 'longest' THEN length(CAST(value AS VARCHAR)) END DESC,
        CASE rule WHEN 'complete' THEN filled END DESC,
        alike DESC, seen DESC NULLS LAST, turn DESC, length(CAST(value AS VARCHAR)) DESC, CAST(value AS VARCHAR), record) AS place
FROM (
    SELECT v.*, coalesce(s.rule, d.rule, 'frequent') AS rule, coalesce(s.sources, d.sources, []) AS sources,
        count(*) OVER (PARTITION BY v.person, v.attribute, lower(trim(v.value->>'$'))) AS alike
    FROM (
        SELECT c.person, c.record, c.seen, c.import_id, coalesce(i.in_place_of, c.import_id) AS turn,
            coalesce(parse_filename(i.file), '') AS source, c.attribute, c.value, c.filled
        FROM (
            SELECT r.person, r.record, r.seen, c.attribute, c.value, c.filled, coalesce(c.carried[c.attribute], c.import_id) AS import_id
            FROM identity.records AS r
            JOIN (
                SELECT id, import_id, carried, unnest(map_keys(pairs)) AS attribute, unnest(map_values(pairs)) AS value, cardinality(pairs) AS filled
                FROM (
                    SELECT id, import_id, carried, CAST(CAST(nullif(attributes, '') AS JSON) AS MAP(VARCHAR, JSON)) AS pairs
                    FROM events.customers
                    WHERE id IN (SELECT record FROM identity.records)
                    QUALIFY row_number() OVER (PARTITION BY id ORDER BY import_id DESC, attributes DESC) = 1
                )
            ) AS c ON c.id = r.record
        ) AS c
        LEFT JOIN events.imports AS i ON i.id = c.import_id
    ) AS v
    LEFT JOIN identity.survival AS s ON s.attribute = v.attribute AND s.attribute <> ''
    LEFT JOIN identity.survival AS d ON d.attribute = ''
);
