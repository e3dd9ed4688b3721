// Takes from nodes what is known of them, as the data has left them, and keeps the nodes for the weights that somebody
// has fixed at them: [id, properties], null removing one.
UNWIND $rows AS r
MATCH (n:LABEL {id: r[0]}) USING INDEX SEEK n:LABEL(id)
SET n += r[1], n.kith = false
