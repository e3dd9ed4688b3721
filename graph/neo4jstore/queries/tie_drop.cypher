// Removes ties: [from, [[to], …]]. A weight that was fixed by hand stays, alone.
UNWIND $rows AS g
MATCH (a:Customer {id: g[0]}) USING INDEX SEEK a:Customer(id)
UNWIND g[1] AS r
MATCH (b:TARGET {id: r[0]}) USING INDEX SEEK b:TARGET(id)
MATCH (a)-[x:TIE]->(b)
WITH x, x.fixed_weight AS fixed
FOREACH (kept IN CASE WHEN fixed IS NULL THEN [] ELSE [x] END | SET kept = {fixed_weight: fixed})
FOREACH (gone IN CASE WHEN fixed IS NULL THEN [x] ELSE [] END | DELETE gone)
