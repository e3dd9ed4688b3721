// Projects the customers and their calls as an undirected graph named $graph: the
// weights of both directions are added up, one that an analyst fixed wins, and 0
// is no tie, as in graph.Network.
MATCH (a:Customer)
CALL (a) {
  RETURN null AS b, null AS weight
  UNION ALL
  MATCH (a)-[r:CALLED]-(b:Customer)
  WHERE elementId(a) < elementId(b)
  WITH b, sum(coalesce(r.fixed_weight, r.weight)) AS weight
  WHERE weight > 0
  RETURN b, weight
}
WITH gds.graph.project($graph, a, b,
  CASE WHEN b IS NULL THEN {} ELSE {relationshipProperties: {weight: weight}} END,
  {undirectedRelationshipTypes: ['*'], readConcurrency: $threads}) AS g
RETURN g.nodeCount AS nodes, g.relationshipCount AS arcs
