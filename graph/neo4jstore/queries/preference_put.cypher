// Writes what communities prefer that are not current yet: [community, product, supporters, support, lift, lift_low].
UNWIND $rows AS r
MATCH (k:KithNextCommunity {id: r[0]}) USING INDEX SEEK k:KithNextCommunity(id)
MERGE (p:Product {id: r[1]})
CREATE (k)-[:PREFERS {supporters: r[2], support: r[3], lift: r[4], lift_low: r[5]}]->(p)
