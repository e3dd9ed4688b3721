// Locks one chunk of changes for whoever makes them, and returns it unless somebody has made them.
MATCH (c:KithChange {log: $log, seq: $seq})
SET c.taken = true
RETURN c.round AS round, c.block AS block, c.payload AS payload
