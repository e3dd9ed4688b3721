-- The people with several records: those behind $1, at most $2.
SELECT person, to_json(list(record ORDER BY record))::VARCHAR
FROM identity.records
WHERE person > $1
GROUP BY person
ORDER BY person
LIMIT $2
