// Records that migration $number has been made.
MERGE (m:KithMigration {number: $number})
ON CREATE SET m.name = $name, m.checksum = $checksum, m.version = $version, m.at = datetime()
