// What of $log is still to be done, in order.
MATCH (c:KithChange {log: $log})
RETURN c.seq AS seq, c.round AS round, c.block AS block, c.rows AS rows
ORDER BY round, block, seq
