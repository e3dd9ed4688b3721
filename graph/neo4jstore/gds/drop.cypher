// Removes the graph named $graph.
CALL gds.graph.drop($graph, false) YIELD graphName
RETURN graphName
