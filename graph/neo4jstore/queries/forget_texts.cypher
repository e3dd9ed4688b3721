// Attributes of others that name somebody who is gone: the text of all of them, and those that are properties.
MATCH (c:Customer)
WHERE any(id IN $telling WHERE c.attributes CONTAINS id)
RETURN c.id AS id, c.attributes AS attributes
