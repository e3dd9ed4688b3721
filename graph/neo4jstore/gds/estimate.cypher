// What the algorithm is estimated to take beside the graph, at most.
CALL gds.ALGORITHM.mutate.estimate($graph, $settings) YIELD bytesMax
RETURN bytesMax AS bytes
