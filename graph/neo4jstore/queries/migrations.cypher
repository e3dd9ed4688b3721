// The migrations that this graph has had.
MATCH (m:KithMigration)
RETURN m.number AS number, m.name AS name, m.checksum AS checksum
ORDER BY number
