MATCH (c:Customer {id: $id})
SET c.attributes = $attributes
SET c += $removed
