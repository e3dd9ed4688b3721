// Removes customers with all that ties them to others, also those who have left the data, and makes readers look again.
CALL () {
    MATCH (c:Customer) WHERE c.id IN $ids RETURN c
    UNION
    MATCH (c:KithFormerCustomer) WHERE c.id IN $ids RETURN c
}
DETACH DELETE c
WITH count(*) AS gone
MATCH (s:KithState {id: 1})
SET s.generation = coalesce(s.generation, 0) + 1
