// The ids of all customers, also of those who have left the data.
MATCH (c:Customer|KithFormerCustomer) RETURN DISTINCT c.id AS id
