//kith 04: Which communities lose members
// Communities that have lost the most members beyond what the rate of the whole
// house explains, at most 25, with whether their leader is among those who left.
MATCH (c:Customer) WHERE c.gone = true AND c.community > ''
WITH count(c) AS left
MATCH (c:Customer) WHERE c.community > ''
WITH left, count(c) AS all
WITH toFloat(left) / all AS rate
MATCH (c:Customer) WHERE c.gone = true AND c.community > ''
WITH rate, c.community AS id, count(c) AS left
MATCH (k:Community {id: id})
OPTIONAL MATCH (leader:Customer {id: k.leader})
RETURN k.id AS community, k.size AS members, left, toFloat(left) / k.size AS share,
  left - rate * k.size AS beyond, k.risk AS risk, k.expected_loss AS expected_loss,
  k.leader AS leader, coalesce(leader.gone, false) AS leader_left
ORDER BY beyond DESC, community LIMIT 25
