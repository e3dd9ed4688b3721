-- What nobody has loaded yet.
SELECT kind
FROM (VALUES
    ('customers', EXISTS (SELECT 1 FROM events.customers)),
    ('purchases', EXISTS (SELECT 1 FROM events.purchase_lines) OR EXISTS (SELECT 1 FROM events.order_states)),
    ('calls', EXISTS (SELECT 1 FROM events.call_rows) OR EXISTS (SELECT 1 FROM events.usage)),
    ('visits', EXISTS (SELECT 1 FROM events.visits)),
    ('contacts', EXISTS (SELECT 1 FROM events.contacts)),
    ('satisfaction', EXISTS (SELECT 1 FROM events.satisfaction))
) AS t (kind, loaded)
WHERE NOT loaded
ORDER BY kind
