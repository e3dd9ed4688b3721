// What the algorithms found about each customer.
MATCH (c:Customer)
RETURN c.id AS id, gds.util.nodeProperty($graph, c, $property) AS value
