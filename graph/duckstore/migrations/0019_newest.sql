-- What is newest goes by when a file came first: one that was loaded again after it was
-- taken back stands where it stood, and what a file behind it says is newer. Otherwise
-- as before.
CREATE OR REPLACE VIEW identity.candidates AS
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
        SELECT r.person, r.record, r.seen, c.import_id, coalesce(i.in_place_of, c.import_id) AS turn,
            coalesce(parse_filename(i.file), '') AS source,
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
