-- The import of the same file in the same way, if there was one that stands and
-- lacks nothing. What a map file has beside what it means, such as its comments,
-- makes no difference.
SELECT min(id) FROM events.imports
WHERE kind = ? AND hash = ? AND json_merge_patch(mapping, '{"(map file)":null}') = json_merge_patch(?, '{"(map file)":null}')
    AND undone_at IS NULL AND id NOT IN (SELECT import_id FROM events.lacking)
