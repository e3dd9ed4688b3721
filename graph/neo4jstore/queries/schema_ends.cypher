// Between which labels the first $sample relationships of a type are.
MATCH (a)-[r:TYPE]->(b)
WITH a, b LIMIT $sample
RETURN labels(a) AS from, labels(b) AS to, count(*) AS times, count(CASE WHEN a = b THEN 1 END) AS loops
