// Removes the relationships of nodes that have served their time. Hubs have too many for one transaction.
MATCH (n:LABEL)-[r]-()
CALL (r) { DELETE r } IN TRANSACTIONS OF 10000 ROWS
