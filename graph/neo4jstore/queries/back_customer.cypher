// Writes what a run found about customers: [its number, its id, properties], null removing one.
UNWIND $rows AS r
MATCH (n) WHERE id(n) = r[0] AND toString(n.ID) = r[1]
SET n += r[2]
RETURN count(*) AS rows
