// All changes of $log are in their places.
MATCH (s:KithState {id: 1})
WHERE s.log = $log
REMOVE s.log
