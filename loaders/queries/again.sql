-- The first import of the same file in the same way that stands, if none of them lacks
-- rows. What a map file has beside what it means, such as its comments, makes no
-- difference.
SELECT CASE WHEN NOT bool_or(id IN (SELECT import_id FROM events.lacking)) THEN min(id) END FROM events.imports
WHERE kind = $1 AND hash = $2 AND coalesce(events.title(kind, file, mapping) = events.title($1, $3, $4), true)
    AND json_merge_patch(mapping, '{"(map file)":null}') = json_merge_patch($4, '{"(map file)":null}')
    AND undone_at IS NULL
