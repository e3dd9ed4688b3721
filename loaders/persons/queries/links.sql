-- The links with all their evidence: between $1 and $2, or, where $1 is empty,
-- those of different people, the strongest first, at most $3.
SELECT l.a, l.b, l.prior, to_json(l.levels)::VARCHAR, to_json(l.bits)::VARCHAR, l.doubled, l.double, l.weight, l.probability, l.fate,
    coalesce(p.person, l.a), coalesce(q.person, l.b),
    coalesce(ca.attributes, ''), coalesce(cb.attributes, '')
FROM identity.links AS l
LEFT JOIN identity.records AS p ON p.record = l.a
LEFT JOIN identity.records AS q ON q.record = l.b
LEFT JOIN events.customers AS ca ON ca.id = l.a
LEFT JOIN events.customers AS cb ON cb.id = l.b
WHERE CASE WHEN $1 <> '' THEN l.a = $1 AND l.b = $2
    ELSE coalesce(p.person, l.a) <> coalesce(q.person, l.b)
        AND NOT EXISTS (SELECT 1 FROM identity.overrides AS o WHERE o.a = l.a AND o.b = l.b) END
ORDER BY l.weight DESC, l.a, l.b
LIMIT $3
