-- Marks the records of the callee's side that are stored as twins, with their
-- import.
UPDATE staged SET problem = 'duplicate|loaded before from another file|' || known.import_id
FROM (
    SELECT s.rowid AS ord, e.import_id
    FROM staged AS s
    JOIN events.call_twins AS e
        ON e.caller = s.caller AND e.callee = s.callee AND e.kind = s.kind AND e.seconds = s.seconds AND e.answered = s.answered AND e.time = s.time
    WHERE s.problem IS NULL AND s.received
) AS known
WHERE staged.rowid = known.ord
