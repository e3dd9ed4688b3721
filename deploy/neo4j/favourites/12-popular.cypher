//kith 12: What is popular in a community that others do not buy
// Draws the products that $community buys more often than everybody does, at most
// 20, the surest first. lift is how many times more often, lift_low what it is at
// least with 95 % confidence, open how many members do not have it yet.
MATCH (k:Community {id: $community})-[p:PREFERS]->(r:Product)
RETURN k, p, r, r.id AS product, r.name AS name, p.supporters AS buyers, p.support AS share,
  p.lift AS lift, p.lift_low AS lift_low, k.size - p.supporters AS open
ORDER BY lift_low DESC, product LIMIT 20
