-- The rows of schema events under the person that each id stands for: what makes a graph
-- reads here. Where nothing is merged, both are the same. What happened at a time unknown
-- is the person's only where one held the id all the time.
CREATE SCHEMA people;

-- The attributes of everybody with where each came from: value is JSON, place 1
-- what stands for the person.
CREATE VIEW people.attributes AS
SELECT person, attribute, value, record, import_id, source, seen, place FROM identity.candidates
UNION ALL
SELECT c.id, c.attribute, c.value, c.id, c.import_id, coalesce(parse_filename(i.file), ''), NULL::TIMESTAMP, 1
FROM (
    SELECT id, attribute, value, coalesce(carried[attribute], import_id) AS import_id
    FROM (
        SELECT id, import_id, carried, unnest(map_keys(pairs)) AS attribute, CAST(unnest(map_values(pairs)) AS VARCHAR) AS value
        FROM (
            SELECT id, import_id, carried, CAST(CAST(nullif(attributes, '') AS JSON) AS MAP(VARCHAR, JSON)) AS pairs
            FROM events.customers
            WHERE id NOT IN (SELECT record FROM identity.records)
            QUALIFY row_number() OVER (PARTITION BY id ORDER BY import_id DESC, attributes DESC) = 1
        )
    )
) AS c
LEFT JOIN events.imports AS i ON i.id = c.import_id;

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

CREATE VIEW people.calls AS
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

CREATE VIEW people.usage AS
SELECT coalesce(h.person, e.customer) AS customer, e.time, e.seconds, e.bytes, e.import_id
FROM events.usage AS e
LEFT JOIN identity.holders AS h ON h.id = e.customer
    AND coalesce(e.time, TIMESTAMP '-infinity') >= h.from_at AND coalesce(e.time, TIMESTAMP '294247-01-10 04:00:54') < h.to_at;

-- The calls under the person that each end stands for, by numbers of people.ids.
CREATE VIEW people.call_rows AS
SELECT coalesce(f.person, e.caller) AS caller, coalesce(t.person, e.callee) AS callee,
    e.time, e.what, e.kind, e.seconds, e.answered, e.import_id
FROM events.call_rows AS e
LEFT JOIN people.call_holders AS f ON f.n = e.caller
    AND coalesce(e.time, TIMESTAMP '-infinity') >= f.from_at AND coalesce(e.time, TIMESTAMP '294247-01-10 04:00:54') < f.to_at
LEFT JOIN people.call_holders AS t ON t.n = e.callee
    AND coalesce(e.time, TIMESTAMP '-infinity') >= t.from_at AND coalesce(e.time, TIMESTAMP '294247-01-10 04:00:54') < t.to_at;
