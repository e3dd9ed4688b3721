-- The two ends of a call are stored as numbers beside a table of their ids: to
-- store a number takes a fraction of the time and the room of a text, as do to
-- compare and to group by it.
--
-- events.ids has an id as long as a stored call names it, once; numbers begin
-- with 0, a new id gets the one behind the highest, and what no call names any
-- more leaves a hole. There is no index, as one writer at a time sees to it that
-- neither an id nor a number stands twice.
CREATE TABLE events.ids (
    n  UINTEGER NOT NULL,
    id VARCHAR NOT NULL
);
INSERT INTO events.ids
SELECT row_number() OVER (ORDER BY first) - 1, id
FROM (
    SELECT id, min(first) AS first
    FROM (
        SELECT caller AS id, 2 * min(rowid) AS first FROM events.calls GROUP BY caller
        UNION ALL
        SELECT callee, 2 * min(rowid) + 1 FROM events.calls GROUP BY callee
    )
    GROUP BY id
);

CREATE TABLE events.call_rows (
    caller    UINTEGER NOT NULL,        -- events.ids
    callee    UINTEGER NOT NULL,        -- events.ids
    time      TIMESTAMP,                -- start, UTC; NULL where the source has no times
    kind      events.call_kind NOT NULL,
    seconds   BIGINT NOT NULL,          -- 0 for a missed call and for messages
    answered  BOOLEAN NOT NULL,
    import_id INTEGER NOT NULL
);
INSERT INTO events.call_rows
SELECT f.n, t.n, c.time, c.kind, c.seconds, c.answered, c.import_id
FROM (SELECT rowid AS row, * FROM events.calls) AS c
JOIN events.ids AS f ON f.id = c.caller
JOIN events.ids AS t ON t.id = c.callee
ORDER BY c.row;
DROP TABLE events.calls;

-- The calls with their ids, as they came. The two joins are not written alike, as
-- DuckDB 1.5 may take the one for the other where a query has the view twice
-- (duckdb/duckdb issue 25819); concat changes nothing else.
CREATE VIEW events.calls AS
SELECT f.id AS caller, t.id AS callee, c.time, c.kind, c.seconds, c.answered, c.import_id
FROM events.call_rows AS c
JOIN events.ids AS f ON f.n = c.caller
JOIN (SELECT n, concat(id) AS id FROM events.ids) AS t ON t.n = c.callee;

CREATE OR REPLACE VIEW people.calls AS
SELECT coalesce(f.person, e.caller) AS caller, coalesce(t.person, e.callee) AS callee,
    e.time, e.kind, e.seconds, e.answered, e.import_id
FROM events.calls AS e
LEFT JOIN identity.holders AS f ON f.id = e.caller
    AND coalesce(e.time, TIMESTAMP '-infinity') >= f.from_at AND coalesce(e.time, TIMESTAMP '294247-01-10 04:00:54') < f.to_at
LEFT JOIN (SELECT id, from_at, to_at, concat(person) AS person FROM identity.holders) AS t ON t.id = e.callee
    AND coalesce(e.time, TIMESTAMP '-infinity') >= t.from_at AND coalesce(e.time, TIMESTAMP '294247-01-10 04:00:54') < t.to_at;

-- The numbers of events.ids and, behind them, of the persons whom these stand
-- for and who call under no id of their own.
CREATE VIEW people.ids AS
SELECT n, id FROM events.ids
UNION ALL
SELECT CAST((SELECT coalesce(max(n) + 1, 0) FROM events.ids) + row_number() OVER (ORDER BY person) - 1 AS UINTEGER), person
FROM (
    SELECT DISTINCT person FROM identity.holders
    WHERE id IN (SELECT id FROM events.ids) AND person NOT IN (SELECT id FROM events.ids)
);

-- identity.holders by these numbers.
CREATE VIEW people.call_holders AS
SELECT k.n, h.from_at, h.to_at, p.n AS person
FROM identity.holders AS h
JOIN events.ids AS k ON k.id = h.id
JOIN people.ids AS p ON p.id = h.person
WHERE h.id <> h.person;

-- The calls under the person that each end stands for, by numbers of people.ids.
CREATE VIEW people.call_rows AS
SELECT coalesce(f.person, e.caller) AS caller, coalesce(t.person, e.callee) AS callee,
    e.time, e.kind, e.seconds, e.answered, e.import_id
FROM events.call_rows AS e
LEFT JOIN people.call_holders AS f ON f.n = e.caller
    AND coalesce(e.time, TIMESTAMP '-infinity') >= f.from_at AND coalesce(e.time, TIMESTAMP '294247-01-10 04:00:54') < f.to_at
LEFT JOIN people.call_holders AS t ON t.n = e.callee
    AND coalesce(e.time, TIMESTAMP '-infinity') >= t.from_at AND coalesce(e.time, TIMESTAMP '294247-01-10 04:00:54') < t.to_at;

-- The calls that a person had, under any id. It looks the person's ids up first,
-- so that people.calls need not be made for everybody.
CREATE MACRO people.calls_of(who) AS TABLE
WITH mine AS (
    SELECT n FROM events.ids WHERE id = who OR id IN (SELECT id FROM identity.holders WHERE person = who)
), named AS (
    SELECT f.id AS from_id, t.id AS to_id, c.*
    FROM events.call_rows AS c
    JOIN events.ids AS f ON f.n = c.caller
    JOIN events.ids AS t ON t.n = c.callee
    WHERE c.caller IN (SELECT n FROM mine) OR c.callee IN (SELECT n FROM mine)
)
SELECT coalesce(f.person, e.from_id) AS caller, coalesce(t.person, e.to_id) AS callee,
    e.time, e.kind, e.seconds, e.answered, e.import_id
FROM named AS e
LEFT JOIN identity.holders AS f ON f.id = e.from_id
    AND coalesce(e.time, TIMESTAMP '-infinity') >= f.from_at AND coalesce(e.time, TIMESTAMP '294247-01-10 04:00:54') < f.to_at
LEFT JOIN identity.holders AS t ON t.id = e.to_id
    AND coalesce(e.time, TIMESTAMP '-infinity') >= t.from_at AND coalesce(e.time, TIMESTAMP '294247-01-10 04:00:54') < t.to_at
WHERE who IN (coalesce(f.person, e.from_id), coalesce(t.person, e.to_id));
