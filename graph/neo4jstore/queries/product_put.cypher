// Adds or updates products: [id, name, category, price, available_from, available_to]; kith as in customer_put.
UNWIND $rows AS r
MERGE (p:Product {id: r[0]})
ON CREATE SET p.kith = true
ON MATCH SET p.kith = CASE WHEN p.kith IS NULL THEN null ELSE true END
SET p.name = r[1], p.category = r[2], p.price = r[3], p.available_from = r[4], p.available_to = r[5]
