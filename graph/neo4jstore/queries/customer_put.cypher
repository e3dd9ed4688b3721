// Adds or updates customers: [id, properties], null removing one. What kith has put there says so, and that the data names it.
UNWIND $rows AS r
MERGE (c:Customer {id: r[0]})
ON CREATE SET c.kith = true
ON MATCH SET c.kith = CASE WHEN c.kith IS NULL THEN null ELSE true END
SET c += r[1]
