-- Puts every record of temp.sided where it belongs: twins to events.call_twins, all
-- others to the calls. The receipt counts as many rows as there are more calls than before.
-- Of those that take the place of stored calls it counts as many as duplicates, as their
-- calls were known; and twins that take the place of stored ones, which count again, it
-- counts as taken, though they are not calls: these are in temp.left_out.
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
SELECT caller, callee, time, events.packed_call(kind, seconds, answered, {{.}}, received)
FROM staged
WHERE rowid IN (SELECT ord FROM sided WHERE place = 0 AND NOT twin AND k <= gone);

UPDATE staged SET problem = 'duplicate|the other side''s record of the same call'
WHERE rowid IN (SELECT ord FROM sided WHERE place = 0 AND CASE WHEN twin THEN k > -gone ELSE k <= gone END);

CREATE TEMP TABLE left_out AS SELECT ord FROM sided WHERE place = 0 AND twin AND k <= -gone;

DROP TABLE sided
