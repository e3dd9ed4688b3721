// Adds ties that are not there, by customer: [from, [[to, figures…], …]].
UNWIND $rows AS g
MATCH (a:Customer {id: g[0]}) USING INDEX SEEK a:Customer(id)
UNWIND g[1] AS r
MATCH (b:TARGET {id: r[0]}) USING INDEX SEEK b:TARGET(id)
CREATE (a)-[:TIE {FIGURES}]->(b)
