-- When it was last found out who is who, and how many imports with something in
-- them came since, or were taken back: of customers, of numbers, and of events in
-- which ids stand that were new, where numbers are known.
SELECT epoch_us(r.at),
    count(*) FILTER (i.kind = 'customers'),
    count(*) FILTER (i.kind = 'numbers'),
    count(*) FILTER (i.kind NOT IN ('customers', 'numbers', 'products') AND (i.new_customers IS NULL OR i.new_customers > 0)
        AND EXISTS (SELECT 1 FROM identity.numbers))
FROM (SELECT max(resolved_at) AS at FROM identity.resolution) AS r
LEFT JOIN events.imports AS i ON i.accepted > 0 AND CASE
    WHEN r.at IS NULL OR i.loaded_at > r.at THEN i.undone_at IS NULL
    ELSE i.undone_at > r.at END
GROUP BY r.at
