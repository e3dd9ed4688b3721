-- The first import whose ids were hashed with another salt.
SELECT min(id) FROM events.imports
WHERE json_extract_string(mapping, '$."(salt)"') <> ? AND undone_at IS NULL
