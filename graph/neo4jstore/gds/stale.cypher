// Removes what comparisons have left that were killed.
CALL gds.graph.list() YIELD graphName, creationTime
WITH graphName WHERE graphName STARTS WITH $prefix AND creationTime < datetime() - duration('PT6H')
CALL gds.graph.drop(graphName, false) YIELD graphName AS dropped
RETURN dropped
