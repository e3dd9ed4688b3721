// Writes memberships of communities that are not current yet: [customer's number, its id, community, properties]. The
// number is the server's own; that the id is still the same shows that it is still the same node.
UNWIND $rows AS r
MATCH (k:NEXT {id: r[2]})
MATCH (n) WHERE id(n) = r[0] AND toString(n.ID) = r[1]
MERGE (n)-[m:MEMBER]->(k)
SET m += r[3]
RETURN count(*) AS rows
