// Which nodes kith has put there, so that it can remove those that the data has left, and nobody else's. What an earlier
// version loaded or exported did not say so: its customers and products are those that have no further label.
MATCH (s:KithState {id: 1}) WHERE s.own IS NULL AND (s.generation > 0 OR s.loading)
MATCH (n:Customer) WHERE n.kith IS NULL AND size(labels(n)) = 1
CALL (n) { SET n.kith = true } IN TRANSACTIONS OF 10000 ROWS;
MATCH (s:KithState {id: 1}) WHERE s.own IS NULL AND (s.generation > 0 OR s.loading)
MATCH (n:Product) WHERE n.kith IS NULL AND size(labels(n)) = 1
CALL (n) { SET n.kith = true } IN TRANSACTIONS OF 10000 ROWS;
