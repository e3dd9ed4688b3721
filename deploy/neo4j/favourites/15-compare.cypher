//kith 15: Compare two communities
// $community and $other side by side, then the ties between them and what both prefer.
MATCH (a:Community {id: $community})
MATCH (b:Community {id: $other})
CALL (a, b) {
  UNWIND ['size', 'density', 'risk', 'expected_loss', 'leader', 'disseminator', 'parent'] AS figure
  RETURN figure, a[figure] AS here, b[figure] AS there
UNION ALL
  UNWIND [a, b] AS k
  MATCH (c:Customer {community: k.id}) WHERE c.gone = true
  WITH a, b, collect(c.community) AS homes
  RETURN 'left' AS figure, size([h IN homes WHERE h = a.id]) AS here, size([h IN homes WHERE h = b.id]) AS there
UNION ALL
  MATCH (c:Customer {community: a.id})-[r:CALLED]-(:Customer {community: b.id})
  USING INDEX c:Customer(community)
  RETURN 'weight of ties between' AS figure, sum(coalesce(r.fixed_weight, r.weight)) AS here, sum(coalesce(r.fixed_weight, r.weight)) AS there
UNION ALL
  OPTIONAL MATCH (a)-[p:PREFERS]->(r:Product)<-[q:PREFERS]-(b)
  RETURN 'products that both prefer' AS figure, count(r) AS here, count(r) AS there
}
RETURN figure, here, there LIMIT 20
