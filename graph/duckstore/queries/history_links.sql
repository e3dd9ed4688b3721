-- Why the records of a person are one: what looked alike enough, with the probability, and what people said.
WITH own AS (SELECT record FROM identity.records WHERE person = $1)
SELECT a, b, probability, who, why FROM (
    SELECT a, b, probability, '' AS who, '' AS why FROM identity.links WHERE fate = 'merged'
    UNION ALL
    SELECT o.a, o.b, NULL, d.decided_by, d.why
    FROM identity.overrides AS o JOIN identity.decisions AS d ON d.id = o.decision
    WHERE NOT o.apart
)
WHERE a IN (FROM own) AND b IN (FROM own)
ORDER BY a, b, probability NULLS FIRST, who, why
LIMIT 100
