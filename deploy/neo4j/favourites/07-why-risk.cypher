//kith 07: Why is this risk high
// Where the risk of $customer comes from, as a sum: an own part, one part for each
// person who left (drawn with the way to them), and what others add. The parts,
// own and others give the risk.
MATCH (c:Customer {id: $customer})
UNWIND CASE WHEN c.risk_from IS NULL THEN [null] ELSE range(0, size(c.risk_from) - 1) END AS i
OPTIONAL MATCH (left:Customer {id: c.risk_from[i]})
OPTIONAL MATCH way = shortestPath((c)-[:CALLED*..2]-(left))
RETURN c, left, way, c.risk_from[i] AS because_of, c.risk_parts[i] AS adds,
  c.risk_own AS own, coalesce(c.risk_other, 0.0) AS others, c.churn_risk AS risk
ORDER BY adds DESC, because_of LIMIT 20
