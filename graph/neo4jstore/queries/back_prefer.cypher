// Writes what communities prefer that are not current yet: [product's number, its id, community, properties].
UNWIND $rows AS r
MATCH (k:NEXT {id: r[2]})
MATCH (n) WHERE id(n) = r[0] AND toString(n.ID) = r[1]
MERGE (k)-[p:PREFERS]->(n)
SET p += r[3]
RETURN count(*) AS rows
