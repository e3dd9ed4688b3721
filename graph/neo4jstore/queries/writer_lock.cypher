// Takes the right to write: the lock on the KithWriter node is held until the transaction ends. Nothing else is locked,
// so that others can read and roll forward meanwhile.
MERGE (w:KithWriter {id: 1})
SET w.since = datetime()
WITH w
OPTIONAL MATCH (s:KithState {id: 1})
RETURN coalesce(s.generation, 0) AS generation, s.log AS log, coalesce(s.loading, false) AS loading
