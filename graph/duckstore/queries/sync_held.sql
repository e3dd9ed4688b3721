-- What the store has any rows of.
SELECT NOT EXISTS (FROM events.customers) AND NOT EXISTS (FROM events.purchases) AND NOT EXISTS (FROM events.visits) AND NOT EXISTS (FROM events.usage),
    EXISTS (FROM events.purchases),
    EXISTS (FROM events.visits),
    EXISTS (FROM graph.customers),
    CASE WHEN EXISTS (FROM identity.holders WHERE id <> person) THEN 'people' ELSE 'events' END
