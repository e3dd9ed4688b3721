// The same of relationships.
MATCH ()-[r]->()
UNWIND keys(r) AS k
WITH type(r) AS type, k, r[k] AS v
WHERE v IS :: STRING NOT NULL AND v IN $ids
    OR v IS :: LIST<STRING NOT NULL> NOT NULL AND any(x IN v WHERE x IN $ids)
RETURN type + '.' + k AS place, count(*) AS ties
ORDER BY place
