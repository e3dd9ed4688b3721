// Makes nodes of the label that are named by changes and that the graph lacks.
UNWIND $ids AS id
MERGE (:LABEL {id: id})
