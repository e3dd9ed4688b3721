// The ids of all customers.
MATCH (c:Customer) RETURN c.id AS id
