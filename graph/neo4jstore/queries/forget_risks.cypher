// What those who are gone added to somebody's risk goes to the part of those who are not listed.
MATCH (c:Customer)
WHERE any(x IN coalesce(c.risk_from, []) WHERE x IN $ids)
WITH c, [i IN range(0, size(c.risk_from) - 1) WHERE NOT c.risk_from[i] IN $ids] AS stay,
    [i IN range(0, size(c.risk_from) - 1) WHERE c.risk_from[i] IN $ids] AS go
SET c.risk_other = coalesce(c.risk_other, 0.0) + reduce(sum = 0.0, i IN go | sum + c.risk_parts[i]),
    c.risk_from = CASE WHEN size(stay) = 0 THEN null ELSE [i IN stay | c.risk_from[i]] END,
    c.risk_parts = CASE WHEN size(stay) = 0 THEN null ELSE [i IN stay | c.risk_parts[i]] END
