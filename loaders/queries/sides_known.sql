-- Marks the records of the callee's side that are stored as twins.
UPDATE staged SET problem = 'duplicate|loaded before from another file'
FROM (
    SELECT s.rowid AS ord
    FROM staged AS s
    WHERE s.problem IS NULL AND s.received AND EXISTS (
        SELECT 1 FROM events.call_twins AS e
        WHERE e.caller = s.caller AND e.callee = s.callee AND e.kind = s.kind AND e.seconds = s.seconds AND e.answered = s.answered AND e.time = s.time
    )
) AS known
WHERE staged.rowid = known.ord
