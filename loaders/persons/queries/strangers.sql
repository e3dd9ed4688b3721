-- The ids of events that are no customer's that was loaded.
SELECT id FROM (
    SELECT id FROM events.ids
    UNION SELECT customer FROM events.usage
    UNION SELECT customer FROM events.purchases
    UNION SELECT customer FROM events.visits
    UNION SELECT customer FROM events.contacts
    UNION SELECT customer FROM events.satisfaction
    UNION SELECT customer FROM events.churn
) ANTI JOIN events.customers USING (id)
ORDER BY id
