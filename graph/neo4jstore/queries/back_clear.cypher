// Removes the properties that a run has written to nodes of a label, but for those of run $keep.
MATCH (n:LABEL)
WHERE n.RUNPROPERTY IS NOT NULL AND n.RUNPROPERTY <> $keep
CALL (n) { REMOVE PROPERTIES } IN TRANSACTIONS OF 10000 ROWS
