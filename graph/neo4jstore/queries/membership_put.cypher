// Writes memberships of communities that are not current yet: [customer, community, degree, core, leader].
UNWIND $rows AS r
MATCH (k:KithNextCommunity {id: r[1]}) USING INDEX SEEK k:KithNextCommunity(id)
MERGE (c:Customer {id: r[0]})
CREATE (c)-[:MEMBER_OF {degree: r[2], core: r[3], leader: r[4]}]->(k)
