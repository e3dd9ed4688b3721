// Writes communities beside the current ones: [id, properties].
UNWIND $rows AS r
MERGE (k:NEXT {id: r[0]})
SET k += r[1]
RETURN count(*) AS rows
