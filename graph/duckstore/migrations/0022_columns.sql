-- What a file has no column for stays with a customer or a product, as an earlier file
-- has said it.
ALTER TABLE events.imports ADD COLUMN covers VARCHAR[];             -- attributes of customers or fields of products that the file has; NULL: it says all there is
ALTER TABLE events.customers ADD COLUMN carried MAP(VARCHAR, INTEGER); -- attributes of earlier imports, and of which; NULL: none
ALTER TABLE events.products ADD COLUMN carried MAP(VARCHAR, INTEGER);  -- fields

-- What is said of some attributes in a JSON object, written as the object is.
CREATE MACRO events.said(attributes, names) AS coalesce('{' || array_to_string(list_transform(
    list_filter(map_entries(CAST(CAST(nullif(attributes, '') AS JSON) AS MAP(VARCHAR, JSON))), lambda e: list_contains(names, e.key)),
    lambda e: CAST(to_json(e.key) AS VARCHAR) || ':' || CAST(e.value AS VARCHAR)), ',') || '}', '');

DROP VIEW people.attributes;
DROP VIEW identity.candidates;

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
