//kith 18: Which analysis is this, and how good is it
// The current run: when it ended, up to when it looked at events, and each figure
// of its quality. Every customer and community names the run that it comes from.
MATCH (r:Run) WHERE r.version IS NOT NULL
RETURN r, r.id AS run, r.at AS at, r.as_of AS as_of, r.version AS version, r.modularity AS modularity
ORDER BY at DESC LIMIT 1
