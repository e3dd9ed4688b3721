// Removes nodes that the data has left: [id]. Nobody else's, and none at which somebody has fixed a weight meanwhile.
UNWIND $rows AS r
MATCH (n:LABEL {id: r[0]}) USING INDEX SEEK n:LABEL(id)
WHERE n.kith IS NOT NULL AND NOT EXISTS { (n)-[x:CALLED|BOUGHT|VIEWED]-() WHERE x.fixed_weight IS NOT NULL }
DETACH DELETE n
