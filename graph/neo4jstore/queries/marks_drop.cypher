// Removes the marks of $log, which has come to its end.
MATCH (c:KithChange {log: $log})
DELETE c
