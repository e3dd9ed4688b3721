MATCH (c:KithChange {log: $log, seq: $seq})
DELETE c
