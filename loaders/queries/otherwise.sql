-- The newest import of the same file that was read in another way and stored rows.
-- The same rows in another folder that gives them a column are another file.
SELECT max(id) FROM events.imports
WHERE kind = ? AND hash = ? AND accepted > 0
    AND json_extract_string(mapping, '$."(folder)"') IS NOT DISTINCT FROM json_extract_string(?, '$."(folder)"')
