// Adds or updates customers: [id, properties], null removing one.
UNWIND $rows AS r
MERGE (c:Customer {id: r[0]})
SET c += r[1]
