//kith 08: How did a community come about
// Draws who came into $community through whom: each member with the first contact
// to another member, the earliest first, at most 150. The drawing is the
// skeleton along which the community grew.
MATCH (member:Customer {community: $community})-[r:CALLED]-(with:Customer {community: $community})
WHERE member <> with AND r.first IS NOT NULL
WITH member, r, with ORDER BY r.first, r.last, with.id
WITH member, collect(r)[0] AS tie, collect(with)[0] AS with
RETURN member, tie, with, member.id AS came, tie.first AS at, with.id AS through
ORDER BY at, came LIMIT 150
