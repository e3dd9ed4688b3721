// How many customers have one of the ids, with those who have left the data.
CALL () {
    MATCH (c:Customer) WHERE c.id IN $ids RETURN c
    UNION
    MATCH (c:KithFormerCustomer) WHERE c.id IN $ids RETURN c
}
RETURN count(c) AS customers
