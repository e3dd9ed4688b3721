// Makes run $id current, and the changes of $log count.
MERGE (s:KithState {id: 1})
WITH s
OPTIONAL MATCH (former:Run {id: s.run})
WHERE former.id <> $id
DETACH DELETE former
MERGE (r:Run {id: $id})
SET r = $properties, s.run = $id, s.log = $log
