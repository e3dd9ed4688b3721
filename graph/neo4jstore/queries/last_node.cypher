// The largest internal number of a node with the label, or -1.
MATCH (n:LABEL)
RETURN coalesce(max(id(n)), -1) AS last
