-- What the store has any rows of.
SELECT NOT EXISTS (FROM events.customers) AND NOT EXISTS (FROM events.purchases) AND NOT EXISTS (FROM events.visits) AND NOT EXISTS (FROM events.usage),
    EXISTS (FROM events.purchases),
    EXISTS (FROM events.visits),
    EXISTS (FROM events.products) OR EXISTS (FROM events.purchases) OR EXISTS (FROM events.visits) OR EXISTS (FROM graph.products),
    EXISTS (FROM graph.customers),
    EXISTS (FROM graph.call_ties) OR EXISTS (FROM graph.product_ties),
    CASE WHEN EXISTS (FROM identity.holders WHERE id <> person) THEN 'people' ELSE 'events' END
