// Makes nodes of the label that are named by changes and that the graph lacks.
UNWIND $ids AS id
MERGE (n:LABEL {id: id})
ON CREATE SET n.kith = true
