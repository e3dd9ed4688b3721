//kith 16: Correct a tie by hand (writes)
// Sets how strong the tie $from -> $to is, for this and every later analysis, whatever
// the calls say. A weight of 0 says that there is none. Name the three first:
// ":param {from: 'ann', to: 'bob', weight: 40}". The next analysis takes it up.
MATCH (a:Customer {id: $from})
MATCH (b:Customer {id: $to})
MERGE (a)-[tie:CALLED]->(b)
SET tie.fixed_weight = toFloat($weight)
RETURN a, tie, b, a.id AS from, b.id AS to, tie.weight AS counted, tie.fixed_weight AS fixed LIMIT 1
