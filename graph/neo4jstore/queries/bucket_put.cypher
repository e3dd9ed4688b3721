// The buckets of $log, which its transactions lock.
UNWIND range(0, $count - 1) AS b
MERGE (:KithChange {log: $log, seq: 'bucket-' + b})
