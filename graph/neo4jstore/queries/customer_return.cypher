// Adds customers that come back, and of whom others' work has stayed: [id, properties], as customer_put. Somebody may have
// made another customer of that id meanwhile, or have taken away what had stayed.
UNWIND $rows AS r
OPTIONAL MATCH (f:KithFormerCustomer {id: r[0]}) WHERE NOT EXISTS { MATCH (:Customer {id: r[0]}) }
WITH r, collect(f)[..1] AS former
FOREACH (f IN former | REMOVE f:KithFormerCustomer SET f:Customer, f.kith = true)
MERGE (c:Customer {id: r[0]})
ON CREATE SET c.kith = true
ON MATCH SET c.kith = CASE WHEN c.kith IS NULL THEN null ELSE true END
SET c += r[1]
