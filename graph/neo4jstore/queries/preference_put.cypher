// Writes what communities prefer that are not current yet: [community, [[product, supporters, support, lift, lift_low], …]].
UNWIND $rows AS g
MATCH (k:KithNextCommunity {id: g[0]}) USING INDEX SEEK k:KithNextCommunity(id)
UNWIND g[1] AS r
MATCH (p:Product {id: r[0]}) USING INDEX SEEK p:Product(id)
CREATE (k)-[:PREFERS {supporters: r[1], support: r[2], lift: r[3], lift_low: r[4]}]->(p)
RETURN count(*) AS found
