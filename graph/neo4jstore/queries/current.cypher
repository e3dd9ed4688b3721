// The current run; its node may be missing for a moment while it changes.
OPTIONAL MATCH (s:KithState {id: 1})
OPTIONAL MATCH (r:Run {id: s.run})
RETURN s.run AS run, r.id AS id, r.at AS at, r.as_of AS as_of, r.seed AS seed, r.version AS version, r.quality AS quality
