// Removes nodes that have served their time.
MATCH (n:LABEL)
CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF $batch ROWS
