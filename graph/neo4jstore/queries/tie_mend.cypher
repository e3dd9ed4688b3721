// Leaves one of several ties between the same two nodes, which somebody has made by hand: [from, [[to], …]].
UNWIND $rows AS g
MATCH (a:Customer {id: g[0]}) USING INDEX SEEK a:Customer(id)
UNWIND g[1] AS r
MATCH (b:TARGET {id: r[0]}) USING INDEX SEEK b:TARGET(id)
MATCH (a)-[x:TIE]->(b)
WITH a, b, collect(x) AS ties, max(x.fixed_weight) AS fixed
FOREACH (gone IN tail(ties) | DELETE gone)
WITH head(ties) AS kept, fixed
SET kept.fixed_weight = fixed
