-- The files that say something of a person, with how many rows.
SELECT i.id, i.kind, i.file, count(*)
FROM (
    SELECT import_id, time FROM people.calls_of($1)
    UNION ALL SELECT import_id, time FROM people.usage WHERE customer = $1
    UNION ALL SELECT import_id, time FROM people.purchases WHERE customer = $1
    UNION ALL
    SELECT e.import_id, e.time
    FROM (SELECT customer, time, import_id FROM events.void_purchases UNION ALL SELECT customer, time, import_id FROM events.order_states) AS e
    LEFT JOIN identity.holders AS h ON h.id = e.customer
        AND coalesce(e.time, TIMESTAMP '-infinity') >= h.from_at AND coalesce(e.time, TIMESTAMP '294247-01-10 04:00:54') < h.to_at
    WHERE coalesce(h.person, e.customer) = $1
    UNION ALL SELECT import_id, time FROM people.visits WHERE customer = $1
    UNION ALL SELECT import_id, time FROM people.contacts WHERE customer = $1
    UNION ALL SELECT import_id, time FROM people.satisfaction WHERE customer = $1
    UNION ALL SELECT import_id, time FROM people.churn WHERE customer = $1
    UNION ALL
    SELECT unnest(list_distinct(list_append(coalesce(map_values(carried), []), import_id))), NULL
    FROM events.customers
    WHERE id = $1 OR id IN (SELECT record FROM identity.records WHERE person = $1)
) AS e
JOIN events.imports AS i ON i.id = e.import_id
WHERE (time IS NULL OR (time >= make_timestamp($2) AND time < make_timestamp($3)))
GROUP BY ALL
ORDER BY i.id
