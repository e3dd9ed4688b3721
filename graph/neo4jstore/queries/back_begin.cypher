// Notes that a run is being written, and on nodes with which labels, so that all of it can be found again.
MERGE (r:RUN {slot: 1})
SET r.labels = reduce(all = coalesce(r.labels, []), l IN $labels | CASE WHEN l IN all THEN all ELSE all + l END)
