//kith 03: Who leads a community, and who would follow
// Draws the leader of $community and up to 25 members who would follow: those in
// touch with the leader and susceptible, the strongest first. share is the part
// of a member's ties, by weight, that goes to the leader, and follows is share
// times susceptibility. Where nobody calls, members stand by susceptibility alone.
MATCH (k:Community {id: $community})
MATCH (leader:Customer {id: k.leader})
MATCH (member:Customer {community: k.id})
WHERE member <> leader AND member.gone IS NULL
CALL (leader, member) {
  OPTIONAL MATCH (leader)-[r:CALLED]-(member)
  RETURN collect(r) AS ties, coalesce(sum(coalesce(r.fixed_weight, r.weight)), 0.0) AS weight
}
CALL (member) {
  OPTIONAL MATCH (member)-[r:CALLED]-(:Customer)
  RETURN coalesce(sum(coalesce(r.fixed_weight, r.weight)), 0.0) AS all
}
WITH k, leader, member, ties, weight, CASE WHEN all > 0 THEN weight / all ELSE 0.0 END AS share
RETURN k, leader, ties, member, member.id AS follower, weight, share,
  member.susceptibility AS susceptibility, share * member.susceptibility AS follows, member.own_value AS value
ORDER BY follows DESC, susceptibility DESC, follower LIMIT 25
