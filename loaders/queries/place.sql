-- The import in whose place a file comes again: one of the same file that was taken
-- back, or that lacks rows.
SELECT max(coalesce(in_place_of, id)) FROM events.imports
WHERE kind = $1 AND hash = $2 AND coalesce(events.title(kind, file, mapping) = events.title($1, $3, $4), true)
    AND (undone_at IS NOT NULL OR id IN (SELECT import_id FROM events.lacking))
