-- Where the newest word counts, a file of the same bytes under another name is another
-- file: things may be again what they were.
--
-- The name of a file that it is known by beside its bytes, with the folders that give
-- columns: NULL where the bytes alone tell, as the newest word does not count or the name
-- says nothing.
CREATE MACRO events.title(kind, file, mapping) AS CASE
    WHEN file <> 'stdin' AND json_extract_string(mapping, '$."(sql)"') IS NULL AND (kind IN ('customers', 'products') OR kind = 'purchases'
        AND json_extract_string(mapping, '$.status') NOT LIKE '''%' AND json_extract_string(mapping, '$.basket') NOT LIKE '''%')
    THEN array_to_string(list_filter(string_split(file, '/'), lambda part, i: i = len(string_split(file, '/')) OR regexp_matches(part, '^[^=]+=')), '/') END;

CREATE OR REPLACE VIEW events.lacking AS
SELECT r.import_id, r.earlier, r.rows
FROM events.repeated AS r
JOIN events.imports AS i ON i.id = r.import_id AND i.undone_at IS NULL
JOIN events.imports AS u ON u.id = r.earlier AND u.undone_at IS NOT NULL
WHERE i.mapping = '{}' OR NOT EXISTS (
    SELECT 1 FROM events.imports AS g
    WHERE g.kind = i.kind AND g.hash = i.hash AND g.id > i.id AND g.undone_at IS NULL AND g.loaded_at > u.undone_at
        AND json_merge_patch(g.mapping, '{"(map file)":null}') = json_merge_patch(i.mapping, '{"(map file)":null}')
        AND coalesce(events.title(g.kind, g.file, g.mapping) = events.title(i.kind, i.file, i.mapping), true)
);
