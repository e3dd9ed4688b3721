// The ids of those that the data has left and that have stayed for others' work.
MATCH (n:FORMER) RETURN DISTINCT n.id AS id
