// How often the network has changed, and the log that is being rolled forward, if any.
OPTIONAL MATCH (s:KithState {id: 1})
RETURN coalesce(s.generation, 0) AS generation, s.log AS log
