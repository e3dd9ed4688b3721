-- The records that can be merged: customers that were loaded, and ids that
-- somebody named, as far as they are in events.
SELECT id FROM (
    SELECT id FROM events.customers
    UNION SELECT a FROM identity.overrides
    UNION SELECT b FROM identity.overrides
    UNION SELECT id FROM (SELECT unnest($1::VARCHAR[]) AS id) AS named WHERE EXISTS (
        SELECT 1 FROM events.ids AS k WHERE k.id = named.id
        UNION ALL SELECT 1 FROM events.usage WHERE customer = id
        UNION ALL SELECT 1 FROM events.purchases WHERE customer = id
        UNION ALL SELECT 1 FROM events.visits WHERE customer = id
        UNION ALL SELECT 1 FROM events.churn WHERE customer = id)
)
ORDER BY id
