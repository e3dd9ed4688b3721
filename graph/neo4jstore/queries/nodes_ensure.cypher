// Makes nodes of the label that are named by changes and that the graph lacks, of those that have stayed for others' work
// where there are such.
UNWIND $ids AS id
OPTIONAL MATCH (f:FORMER {id: id}) WHERE NOT EXISTS { MATCH (:LABEL {id: id}) }
WITH id, collect(f)[..1] AS former
FOREACH (f IN former | REMOVE f:FORMER SET f:LABEL, f.kith = true)
MERGE (n:LABEL {id: id})
ON CREATE SET n.kith = true
