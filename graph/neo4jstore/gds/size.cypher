// The memory that the graph named $graph takes.
CALL gds.graph.list($graph) YIELD sizeInBytes
RETURN sizeInBytes AS bytes
