// Says that a batch of $log is made, in the transaction that makes it; a second time is refused by a constraint. It
// locks the buckets of the batch: whoever clears away what a writer left that was killed waits for its transactions, and
// those that come later find no bucket.
UNWIND $buckets AS b
MATCH (k:KithChange {log: $log, seq: 'bucket-' + b})
SET k.taken = true
WITH count(*) AS found
WHERE found = size($buckets)
CREATE (:KithChange {log: $log, seq: $seq})
RETURN found
