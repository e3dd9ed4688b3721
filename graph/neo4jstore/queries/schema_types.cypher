// What the first $sample relationships of a type have, as schema_nodes.
MATCH ()-[n:TYPE]->()
WITH n LIMIT $sample
WITH collect(n) AS nodes
UNWIND nodes AS n
UNWIND keys(n) AS key
WITH size(nodes) AS sampled, key, n[key] AS value
RETURN sampled, key, count(*) AS present, count(DISTINCT value) AS distinct,
    collect(DISTINCT valueType(value))[..5] AS types, min(CASE WHEN valueType(value) STARTS WITH 'INTEGER' OR valueType(value) STARTS WITH 'FLOAT' THEN value END) AS least
ORDER BY key
