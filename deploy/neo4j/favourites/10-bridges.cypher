//kith 10: Who ties a community to others
// Draws the members of $community with the strongest ties into other communities,
// at most 30 pairs of a member and a community. Offers and rumours cross here.
MATCH (c:Customer {community: $community})-[r:CALLED]-(o:Customer)
WHERE o.community <> $community
WITH c, o.community AS id, count(DISTINCT o) AS contacts, sum(coalesce(r.fixed_weight, r.weight)) AS weight
ORDER BY weight DESC, c.id, id LIMIT 30
MATCH (k:Community {id: id})
MATCH (home:Community {id: $community})
RETURN home, c, k, c.id AS member, c.role AS role, k.id AS into, contacts, weight
ORDER BY weight DESC, member, into
