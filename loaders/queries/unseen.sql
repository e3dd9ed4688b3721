-- The ids that the import {{.}} was the first to name and that begin or end with what
-- nobody sees: blanks and marks of Unicode.
SELECT count(*), coalesce(bool_or(what = 'customer'), false), coalesce(bool_or(what = 'product'), false)
FROM events.known
WHERE import_id = {{.}} AND strlen(id) <> length(id) AND regexp_matches(id, '^[\p{Z}\p{Cf}]|[\p{Z}\p{Cf}]$')
