-- Puts every record of temp.sided where it belongs: twins to events.call_twins, all
-- others to the calls. Of the caller's records that take the place of stored ones
-- the receipt counts as many as duplicates, as their calls were known.
INSERT INTO events.packed_calls
SELECT caller, callee, time, events.packed_call(kind, seconds, answered, import_id, true)
FROM events.call_twins
WHERE rowid IN (SELECT ord FROM sided WHERE place = 2 AND NOT twin);

DELETE FROM events.call_twins WHERE rowid IN (SELECT ord FROM sided WHERE place = 2 AND NOT twin);

INSERT INTO events.call_twins (caller, callee, time, kind, seconds, answered, import_id)
SELECT caller, callee, time, kind, seconds, answered, import_id
FROM events.call_rows
WHERE row IN (SELECT ord FROM sided WHERE place = 1 AND twin);

DELETE FROM events.packed_calls WHERE rowid IN (SELECT ord FROM sided WHERE place = 1 AND twin);

INSERT INTO events.call_twins (caller, callee, time, kind, seconds, answered, import_id)
SELECT caller, callee, time, kind, seconds, answered, {{.}}
FROM staged
WHERE rowid IN (SELECT ord FROM sided WHERE place = 0 AND twin);

INSERT INTO events.packed_calls
SELECT caller, callee, time, events.packed_call(kind, seconds, answered, {{.}}, false)
FROM staged
WHERE rowid IN (SELECT ord FROM sided WHERE place = 0 AND NOT received AND k <= gone);

UPDATE staged SET problem = 'duplicate|the other side''s record of the same call'
WHERE rowid IN (SELECT ord FROM sided WHERE place = 0 AND (twin OR NOT received AND k <= gone));

DROP TABLE sided
