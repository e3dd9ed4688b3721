// Makes the changes of $log count.
MERGE (s:KithState {id: 1})
SET s.generation = coalesce(s.generation, 0) + 1, s.log = $log
REMOVE s.loading
