-- The other names of the person: the other records that were found to be the
-- same, and what only they were called at any time.
INSERT INTO temp.forget_names
SELECT DISTINCT name, '(^|[^\pL\pN])' || regexp_escape(name) || '($|[^\pL\pN])', length(name) >= 6
FROM (
    SELECT unnest([record, person]) AS name FROM identity.records
    WHERE person IN (
        SELECT person FROM identity.records
        WHERE record IN (SELECT name FROM temp.forget_names) OR person IN (SELECT name FROM temp.forget_names)
    )
)
WHERE name NOT IN (SELECT name FROM temp.forget_names);

INSERT INTO temp.forget_names
SELECT name, '(^|[^\pL\pN])' || regexp_escape(name) || '($|[^\pL\pN])', length(name) >= 6
FROM (
    SELECT id AS name FROM identity.holders
    GROUP BY id HAVING bool_and(person IN (SELECT name FROM temp.forget_names))
)
WHERE name NOT IN (SELECT name FROM temp.forget_names);

-- Sessions that were nobody else's.
INSERT INTO temp.forget_names
SELECT name, '(^|[^\pL\pN])' || regexp_escape(name) || '($|[^\pL\pN])', length(name) >= 6
FROM (
    SELECT session AS name FROM events.visits
    WHERE session <> '' AND customer <> ''
    GROUP BY session HAVING bool_and(customer IN (SELECT name FROM temp.forget_names))
)
WHERE name NOT IN (SELECT name FROM temp.forget_names)
