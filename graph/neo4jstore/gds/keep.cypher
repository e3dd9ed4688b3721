// Runs the algorithm and keeps what it found in the graph named $graph.
CALL gds.ALGORITHM.mutate($graph, $settings) YIELD computeMillis
RETURN computeMillis
