-- The newest import of the same file that was read in another way, stored rows and
-- was not taken back. The same rows in another folder that gives them a column are
-- another file.
SELECT max(id) FROM events.imports
WHERE kind = $1 AND hash = $2 AND accepted > 0 AND undone_at IS NULL
    AND json_merge_patch(mapping, '{"(map file)":null}') <> json_merge_patch($3, '{"(map file)":null}')
    AND json_extract_string(mapping, '$."(folder)"') IS NOT DISTINCT FROM json_extract_string($3, '$."(folder)"')
