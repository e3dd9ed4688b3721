// Says whose record a customer is that is kept for the weights fixed at it: [id, person]. It makes no customer.
UNWIND $rows AS r
MATCH (c:Customer {id: r[0]}) USING INDEX SEEK c:Customer(id)
SET c.person = r[1]
