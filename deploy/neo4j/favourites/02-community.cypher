//kith 02: A community: its members and who is in touch with whom
// Draws $community with its members, the core and the most central first, at
// most 100. The number on a tie is its weight: half-hours with contact.
MATCH (k:Community {id: $community})
MATCH (c:Customer {community: k.id})
WITH k, c ORDER BY c.core DESC, c.pagerank DESC, c.id LIMIT 100
OPTIONAL MATCH (c)-[tie:CALLED]->(to:Customer {community: k.id})
RETURN k, c, collect(tie) AS ties,
  c.id AS customer, c.role AS role, c.core AS core, c.churn_risk AS risk, coalesce(c.gone, false) AS gone
ORDER BY c.core DESC, c.pagerank DESC, customer
