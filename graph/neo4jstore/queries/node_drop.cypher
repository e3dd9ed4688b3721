// Takes nodes out that the data has left: [id, properties of attributes, null]. Nobody else's, and none at which somebody has
// fixed a weight meanwhile. One that has labels, properties or relationships of others stays for their sake, with nothing
// of kith's but its id and a label by which it is found when it comes back. What an earlier version noted down has no
// properties, and goes whole.
UNWIND $rows AS r
MATCH (n:LABEL {id: r[0]}) USING INDEX SEEK n:LABEL(id)
WHERE n.kith IS NOT NULL AND NOT EXISTS { (n)-[x:CALLED|BOUGHT|VIEWED]-() WHERE x.fixed_weight IS NOT NULL }
OPTIONAL MATCH (n)-[x:CALLED|BOUGHT|VIEWED|MEMBER_OF|PREFERS]-(o)
WHERE NOT x:MEMBER_OF|PREFERS OR o.run IS NOT NULL AND (o:Community OR o:KithNextCommunity OR o:KithFormerCommunity)
WITH r, n, collect(x) AS ties
FOREACH (x IN ties | DELETE x)
WITH r, n, r[1] IS NOT NULL AND (size(labels(n)) > 1 OR EXISTS { (n)--() }
    OR any(k IN keys(n) WHERE NOT k IN OWN AND NOT k IN keys(r[1]))) AS others
FOREACH (gone IN CASE WHEN others THEN [] ELSE [n] END | DETACH DELETE gone)
FOREACH (bare IN CASE WHEN others THEN [n] ELSE [] END |
    SET bare += r[1], bare += NOTHING
    REMOVE bare:LABEL
    SET bare:FORMER)
