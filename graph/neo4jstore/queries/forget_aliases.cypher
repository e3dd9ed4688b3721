// Nobody is known by the id of somebody who is gone.
MATCH (c:Customer)
WHERE any(x IN coalesce(c.aliases, []) WHERE x IN $ids)
SET c.aliases = [x IN c.aliases WHERE NOT x IN $ids]
