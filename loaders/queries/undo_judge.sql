-- Judges the records of the calls of temp.undone_sides anew, as sides.sql does, and
-- puts each where it belongs.
CREATE TEMP TABLE sided AS
WITH near AS NOT MATERIALIZED (
    SELECT 1 AS place, row AS ord, caller, callee, kind, seconds, answered, time, received
    FROM events.call_rows SEMI JOIN undone_sides USING (caller, callee, kind, seconds)
    WHERE time IS NOT NULL
    UNION ALL
    SELECT 2, rowid, caller, callee, kind, seconds, answered, time, true
    FROM events.call_twins SEMI JOIN undone_sides USING (caller, callee, kind, seconds)
),
{{template "judged sides" .}}
SELECT place, ord FROM judged WHERE (place = 1) = twin;

INSERT INTO events.packed_calls
SELECT caller, callee, time, events.packed_call(kind, seconds, answered, import_id, true)
FROM events.call_twins
WHERE rowid IN (SELECT ord FROM sided WHERE place = 2);

INSERT INTO events.call_twins (caller, callee, time, kind, seconds, answered, import_id)
SELECT caller, callee, time, kind, seconds, answered, import_id
FROM events.call_rows
WHERE row IN (SELECT ord FROM sided WHERE place = 1);

DELETE FROM events.call_twins WHERE rowid IN (SELECT ord FROM sided WHERE place = 2);

DELETE FROM events.packed_calls WHERE rowid IN (SELECT ord FROM sided WHERE place = 1);

DROP TABLE sided;

DROP TABLE undone_sides
