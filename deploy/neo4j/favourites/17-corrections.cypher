//kith 17: Which ties were corrected by hand
// All ties with a weight fixed by hand, at most 100. To take one back, remove the
// property: MATCH (:Customer {id: 'ann'})-[tie:CALLED]->(:Customer {id: 'bob'}) REMOVE tie.fixed_weight
MATCH (a:Customer)-[tie:CALLED]->(b:Customer)
WHERE tie.fixed_weight >= 0
RETURN a, tie, b, a.id AS from, b.id AS to, tie.weight AS counted, tie.fixed_weight AS fixed
ORDER BY from, to LIMIT 100
