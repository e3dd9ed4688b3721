-- Gives each of the customers in temp.folded, of every attribute, what the newest
-- import has said that has a column for it.
UPDATE events.customers SET attributes = coalesce(f.attributes, '{}'), carried = f.carried
FROM (
    WITH rows AS (
        SELECT r.id, r.import_id, coalesce(c.place, r.import_id) AS place, c.covers,
            CAST(CAST(nullif(r.attributes, '') AS JSON) AS MAP(VARCHAR, JSON)) AS pairs
        FROM (
            SELECT id, import_id, attributes FROM events.customers
            UNION ALL SELECT id, import_id, attributes FROM events.former_customers
        ) AS r
        SEMI JOIN folded USING (id)
        LEFT JOIN covering AS c USING (import_id)
    ), whole AS (
        SELECT id, max((place, import_id)) AS since FROM rows WHERE covers IS NULL GROUP BY id
    ), said AS (
        SELECT r.id, r.import_id, r.place, r.pairs, unnest(coalesce(r.covers, map_keys(r.pairs))) AS name
        FROM rows AS r LEFT JOIN whole AS w USING (id)
        WHERE w.since IS NULL OR (r.place, r.import_id) >= w.since
    ), newest AS (
        SELECT id, name, pairs[name] AS value, import_id
        FROM said
        QUALIFY row_number() OVER (PARTITION BY id, name ORDER BY place DESC, import_id DESC) = 1
    )
    SELECT e.id,
        '{' || string_agg(CAST(to_json(n.name) AS VARCHAR) || ':' || CAST(n.value AS VARCHAR), ',' ORDER BY n.name) || '}' AS attributes,
        map_from_entries(list((n.name, n.import_id) ORDER BY n.name) FILTER (n.import_id <> e.import_id)) AS carried
    FROM events.customers AS e
    SEMI JOIN folded USING (id)
    LEFT JOIN newest AS n ON n.id = e.id
    GROUP BY e.id
) AS f
WHERE f.id = customers.id
