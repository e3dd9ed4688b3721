// How many customers have one of the ids.
MATCH (c:Customer) WHERE c.id IN $ids
RETURN count(c) AS customers
