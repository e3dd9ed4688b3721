//kith 14: Who should be offered a product next
// Members of the 10 communities with the most buyers of $product who do not have it
// yet, at most 50, those whose community has the largest share of buyers first.
MATCH (p:Product {id: $product})<-[b:BOUGHT]-(c:Customer)
WHERE coalesce(b.fixed_weight, b.weight) > 0 AND c.community IS NOT NULL
WITH p, c.community AS id, count(c) AS bought ORDER BY bought DESC, id LIMIT 10
MATCH (k:Community {id: id})
WITH p, k, bought, toFloat(bought) / k.size AS share ORDER BY share DESC, k.id
MATCH (c:Customer {community: k.id})
WHERE c.gone IS NULL AND NOT EXISTS { MATCH (c)-[b:BOUGHT]->(p) WHERE coalesce(b.fixed_weight, b.weight) > 0 }
RETURN c.id AS customer, k.id AS community, bought, share, c.own_value AS value, c.churn_risk AS risk
ORDER BY share DESC, value DESC, customer LIMIT 50
