// Notes changes down before they are made.
MERGE (c:KithChange {log: $log, seq: $seq})
SET c.round = $round, c.block = $block, c.rows = $rows, c.payload = $payload
