//kith 05: Which communities will lose the most
// The 25 communities with the largest expected loss (risk times value, summed
// over the members), then the highest risk, each with the three members whose
// loss would cost the most.
MATCH (k:Community) WHERE k.risk > 0 AND k.level = 0
WITH k ORDER BY k.expected_loss DESC, k.risk DESC, k.id LIMIT 25
RETURN k.id AS community, k.size AS members, k.risk AS risk, k.expected_loss AS expected_loss, k.leader AS leader,
  COLLECT {
    MATCH (c:Customer {community: k.id}) WHERE c.gone IS NULL
    RETURN c.id ORDER BY c.churn_risk * c.own_value DESC, c.churn_risk DESC, c.id LIMIT 3
  } AS first
ORDER BY expected_loss DESC, risk DESC, community
