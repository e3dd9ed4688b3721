//kith 13: Who bought a product, in the communities of its buyers
// Draws $product, the 10 communities with the most buyers, and up to 15 buyers of
// each, those who bought it most often first.
MATCH (p:Product {id: $product})<-[b:BOUGHT]-(c:Customer)
WHERE coalesce(b.fixed_weight, b.weight) > 0 AND c.community IS NOT NULL
WITH p, b, c ORDER BY b.times DESC, c.id
WITH p, c.community AS id, count(c) AS count, collect(c)[..15] AS buyers, collect(b)[..15] AS purchases
MATCH (k:Community {id: id})
RETURN p, k, buyers, purchases, k.id AS community, k.size AS members, count AS bought, toFloat(count) / k.size AS share
ORDER BY bought DESC, share DESC, community LIMIT 10
