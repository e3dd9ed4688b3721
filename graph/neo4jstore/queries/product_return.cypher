// Adds products that come back, as customer_return: [id, name, category, price, available_from, available_to].
UNWIND $rows AS r
OPTIONAL MATCH (f:KithFormerProduct {id: r[0]}) WHERE NOT EXISTS { MATCH (:Product {id: r[0]}) }
WITH r, collect(f)[..1] AS former
FOREACH (f IN former | REMOVE f:KithFormerProduct SET f:Product, f.kith = true)
MERGE (p:Product {id: r[0]})
ON CREATE SET p.kith = true
ON MATCH SET p.kith = CASE WHEN p.kith IS NULL THEN null ELSE true END
SET p.name = r[1], p.category = r[2], p.price = r[3], p.available_from = r[4], p.available_to = r[5]
