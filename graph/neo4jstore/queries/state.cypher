// How often the network has changed, the log that is being rolled forward, if any, and whether the first network is
// still being loaded.
OPTIONAL MATCH (s:KithState {id: 1})
RETURN coalesce(s.generation, 0) AS generation, s.log AS log, coalesce(s.loading, false) AS loading
