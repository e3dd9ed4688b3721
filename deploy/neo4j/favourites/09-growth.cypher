//kith 09: How fast did a community grow
// For each week of $community: new members (by their first contact within it), new
// ties, and both so far. A community that grew at once was there before the data begins.
MATCH (member:Customer {community: $community})-[r:CALLED]-(with:Customer {community: $community})
WHERE member <> with AND r.first IS NOT NULL
WITH member, min(r.first) AS came
WITH date.truncate('week', came) AS week, count(member) AS members
WITH collect({week: week, members: members}) AS came
CALL () {
  MATCH (a:Customer {community: $community})-[r:CALLED]->(b:Customer {community: $community})
  WHERE a <> b AND r.first IS NOT NULL
  WITH date.truncate('week', r.first) AS week, count(r) AS ties
  RETURN collect({week: week, ties: ties}) AS met
}
UNWIND met AS w
RETURN w.week AS week,
  reduce(n = 0, x IN came | n + CASE WHEN x.week = w.week THEN x.members ELSE 0 END) AS new_members,
  w.ties AS new_ties,
  reduce(n = 0, x IN came | n + CASE WHEN x.week <= w.week THEN x.members ELSE 0 END) AS members,
  reduce(n = 0, x IN met | n + CASE WHEN x.week <= w.week THEN x.ties ELSE 0 END) AS ties
ORDER BY week LIMIT 300
