-- How many records share what usually is one person's with a record of somebody
-- else, as far as who is who is known.
SELECT count(DISTINCT id) FROM (
    SELECT id, min(person) OVER w AS first, max(person) OVER w AS last
    FROM (
        SELECT c.id, coalesce(r.person, c.id) AS person,
            lower(regexp_replace(unnest(json_extract_string(nullif(c.attributes, ''), {{.}})), '[ ()./-]', '', 'g')) AS value
        FROM events.customers AS c
        LEFT JOIN identity.records AS r ON r.record = c.id
    )
    WHERE value <> ''
    WINDOW w AS (PARTITION BY value)
)
WHERE first <> last
