-- The calls of which the import {{.}} has a record, where records of both sides are
-- about: which of the others count may change without it.
CREATE TEMP TABLE undone_sides AS
SELECT DISTINCT caller, callee, kind, seconds
FROM (
    SELECT caller, callee, kind, seconds, import_id FROM events.call_rows WHERE time IS NOT NULL
    UNION ALL
    SELECT caller, callee, kind, seconds, import_id FROM events.call_twins
)
WHERE import_id = {{.}}
    AND (EXISTS (SELECT 1 FROM events.call_twins) OR EXISTS (SELECT 1 FROM events.call_rows WHERE received))
