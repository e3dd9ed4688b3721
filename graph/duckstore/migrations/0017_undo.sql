-- So that an import can be taken back: what stood before it, and what later files
-- left out because it was there.
ALTER TABLE events.imports ADD COLUMN undone_at TIMESTAMP;  -- when it was taken back, UTC; NULL while it stands
ALTER TABLE events.imports ADD COLUMN in_place_of INTEGER;  -- the import in whose place the file came again; NULL: its own
-- How many customers or products it gave other values; NULL where the former ones
-- are not kept.
ALTER TABLE events.imports ADD COLUMN replaced BIGINT DEFAULT 0;
UPDATE events.imports SET replaced = NULL
WHERE kind IN ('customers', 'products') AND contains(notes, 'known before, with new values');

-- What customers and products were before a later import.
CREATE TABLE events.former_customers (
    id          VARCHAR NOT NULL,
    attributes  VARCHAR NOT NULL,
    import_id   INTEGER NOT NULL,       -- whose values these are
    replaced_by INTEGER NOT NULL        -- the next import with others
);
CREATE TABLE events.former_products (
    id             VARCHAR NOT NULL,
    name           VARCHAR NOT NULL,
    category       VARCHAR NOT NULL,
    price          DECIMAL(18,4),
    available_from TIMESTAMP,
    available_to   TIMESTAMP,
    import_id      INTEGER NOT NULL,
    replaced_by    INTEGER NOT NULL
);

-- How many rows of an import count as duplicates because an earlier one had them;
-- NULL: perhaps some, as it was not counted.
CREATE TABLE events.repeated (
    import_id INTEGER NOT NULL,
    earlier   INTEGER NOT NULL,
    rows      BIGINT
);
INSERT INTO events.repeated
SELECT i.id, e.id, NULL
FROM events.imports AS i
JOIN events.imports AS e ON e.kind = i.kind AND e.id < i.id AND e.accepted > 0
WHERE i.duplicates > 0
    AND (i.repeats = '[]' OR contains(i.repeats, 'loaded before from another file') OR contains(i.repeats, 'changes nothing'));

-- The imports that lack rows which they left out because of one that was taken back
-- since: loading the file again brings these. Posts have no file.
CREATE VIEW events.lacking AS
SELECT r.import_id, r.earlier, r.rows
FROM events.repeated AS r
JOIN events.imports AS i ON i.id = r.import_id AND i.undone_at IS NULL
JOIN events.imports AS u ON u.id = r.earlier AND u.undone_at IS NOT NULL
WHERE i.mapping = '{}' OR NOT EXISTS (
    SELECT 1 FROM events.imports AS g
    WHERE g.kind = i.kind AND g.hash = i.hash AND g.id > i.id AND g.undone_at IS NULL AND g.loaded_at > u.undone_at
        AND json_merge_patch(g.mapping, '{"(map file)":null}') = json_merge_patch(i.mapping, '{"(map file)":null}')
);
