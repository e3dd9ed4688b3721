-- What a call was stands in one number and where it is from in another: to store
-- a column takes the same time whatever is in it, and half of the columns of a call
-- said the same thing for nearly all rows. events.call_rows is a view that looks as
-- the table did.
CREATE MACRO events.packed_call(kind, seconds, answered) AS
    CAST(seconds AS UBIGINT) << 3
    | CASE WHEN answered THEN 0::UBIGINT ELSE 4::UBIGINT END
    | CAST(enum_code(CAST(kind AS events.call_kind)) AS UBIGINT);

CREATE TABLE events.packed_calls (
    caller UINTEGER NOT NULL USING COMPRESSION bitpacking,            -- events.ids
    callee UINTEGER NOT NULL USING COMPRESSION bitpacking,            -- events.ids
    time   TIMESTAMP USING COMPRESSION bitpacking,                    -- start, UTC; NULL where the source has no times
    what   UBIGINT NOT NULL USING COMPRESSION bitpacking,             -- of events.packed_call
    source INTEGER NOT NULL USING COMPRESSION rle                     -- the import; negative where the record is of the callee's side
);
INSERT INTO events.packed_calls
SELECT caller, callee, time, events.packed_call(kind, seconds, answered), CASE WHEN received THEN -import_id ELSE import_id END
FROM events.call_rows
ORDER BY rowid;
DROP TABLE events.call_rows;

CREATE VIEW events.call_rows AS
SELECT rowid AS row, caller, callee, time, what,
    CASE what & 3
        WHEN 0 THEN CAST('voice' AS events.call_kind)
        WHEN 1 THEN CAST('message' AS events.call_kind)
        ELSE CAST('data' AS events.call_kind)
    END AS kind,
    CAST(what >> 3 AS BIGINT) AS seconds,                             -- 0 for a missed call and for messages
    what & 4 = 0 AS answered,
    abs(source) AS import_id,
    source < 0 AS received                                            -- the record is of the callee's side
FROM events.packed_calls;

-- As before, with what.
CREATE OR REPLACE VIEW people.call_rows AS
SELECT coalesce(f.person, e.caller) AS caller, coalesce(t.person, e.callee) AS callee,
    e.time, e.what, e.kind, e.seconds, e.answered, e.import_id
FROM events.call_rows AS e
LEFT JOIN people.call_holders AS f ON f.n = e.caller
    AND coalesce(e.time, TIMESTAMP '-infinity') >= f.from_at AND coalesce(e.time, TIMESTAMP '294247-01-10 04:00:54') < f.to_at
LEFT JOIN people.call_holders AS t ON t.n = e.callee
    AND coalesce(e.time, TIMESTAMP '-infinity') >= t.from_at AND coalesce(e.time, TIMESTAMP '294247-01-10 04:00:54') < t.to_at;
