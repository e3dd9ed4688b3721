-- The first and the last time of any event.
SELECT min(first_at), max(last_at) FROM (
    SELECT min(time) AS first_at, max(time) AS last_at FROM events.call_rows
    UNION ALL
    SELECT min(time), max(time) FROM events.usage
    UNION ALL
    SELECT min(time), max(time) FROM events.purchases
    UNION ALL
    SELECT min(time), max(time) FROM events.visits
    UNION ALL
    SELECT min(time), max(time) FROM events.contacts
    UNION ALL
    SELECT min(time), max(time) FROM events.satisfaction
    UNION ALL
    SELECT min(time), max(time) FROM events.churn
)
