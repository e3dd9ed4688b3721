//kith 11: The leaders of all communities, the most central first
// The 25 leaders with the highest PageRank over the whole network. authority is
// the share within their own community.
MATCH (k:Community {level: 0})
MATCH (c:Customer {id: k.leader})
RETURN c.id AS leader, k.id AS community, k.size AS members, c.pagerank AS pagerank, c.authority AS authority,
  c.churn_risk AS risk, coalesce(c.gone, false) AS gone
ORDER BY pagerank DESC, leader LIMIT 25
