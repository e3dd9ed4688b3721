// Runs the algorithm and forgets what it found.
CALL gds.ALGORITHM.stats($graph, $settings) YIELD computeMillis
RETURN computeMillis
