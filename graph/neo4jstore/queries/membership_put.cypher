// Writes memberships of communities that are not current yet: [community, [[customer, degree, core, leader], …]].
UNWIND $rows AS g
MATCH (k:KithNextCommunity {id: g[0]}) USING INDEX SEEK k:KithNextCommunity(id)
UNWIND g[1] AS r
MATCH (c:Customer {id: r[0]}) USING INDEX SEEK c:Customer(id)
CREATE (c)-[:MEMBER_OF {degree: r[1], core: r[2], leader: r[3]}]->(k)
RETURN count(*) AS found
