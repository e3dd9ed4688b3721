// Says that the first network is being loaded: until it is whole the graph counts as empty.
MERGE (s:KithState {id: 1})
SET s.loading = true
