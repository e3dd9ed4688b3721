// How many nodes have one of $ids in a property, by label and property: as the whole of it, or within the text of
// attributes where it is long enough to be telling.
MATCH (n)
UNWIND keys(n) AS k
WITH labels(n)[0] AS label, k, n[k] AS v
WHERE v IS :: STRING NOT NULL AND (v IN $ids OR k = 'attributes' AND any(id IN $telling WHERE v CONTAINS id))
    OR v IS :: LIST<STRING NOT NULL> NOT NULL AND any(x IN v WHERE x IN $ids)
RETURN label + '.' + k AS place, count(*) AS nodes
ORDER BY place
