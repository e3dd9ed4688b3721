-- The import of a call stands in the number of what it was, too, one column less.
-- From the lowest bit on: two of the kind, one where it was not answered, thirty of the
-- seconds, thirty of the import, and one where the record is of the callee's side.
CREATE OR REPLACE MACRO events.packed_call(kind, seconds, answered, import_id, received) AS
    CASE WHEN received THEN 9223372036854775808::UBIGINT ELSE 0::UBIGINT END
    | (CAST(import_id AS UBIGINT) << 33)
    | (CAST(seconds AS UBIGINT) << 3)
    | CASE WHEN answered THEN 0::UBIGINT ELSE 4::UBIGINT END
    | CAST(enum_code(CAST(kind AS events.call_kind)) AS UBIGINT);

-- A length of more than 1e9 seconds, which is refused by now, becomes as many.
ALTER TABLE events.packed_calls RENAME TO old_packed_calls;
CREATE TABLE events.packed_calls (
    caller UINTEGER NOT NULL USING COMPRESSION bitpacking,            -- events.ids
    callee UINTEGER NOT NULL USING COMPRESSION bitpacking,            -- events.ids
    time   TIMESTAMP USING COMPRESSION bitpacking,                    -- start, UTC; NULL where the source has no times
    what   UBIGINT NOT NULL USING COMPRESSION bitpacking              -- of events.packed_call
);
INSERT INTO events.packed_calls
SELECT caller, callee, time,
    (what & 7) | (least(what >> 3, 1000000000::UBIGINT) << 3) | (CAST(abs(source) AS UBIGINT) << 33)
    | CASE WHEN source < 0 THEN 9223372036854775808::UBIGINT ELSE 0::UBIGINT END
FROM events.old_packed_calls
ORDER BY rowid;
DROP TABLE events.old_packed_calls;

CREATE OR REPLACE VIEW events.call_rows AS
SELECT rowid AS row, caller, callee, time, what,
    CASE what & 3
        WHEN 0 THEN CAST('voice' AS events.call_kind)
        WHEN 1 THEN CAST('message' AS events.call_kind)
        ELSE CAST('data' AS events.call_kind)
    END AS kind,
    CAST((what >> 3) & 1073741823 AS BIGINT) AS seconds,              -- 0 for a missed call and for messages
    what & 4 = 0 AS answered,
    CAST((what >> 33) & 1073741823 AS INTEGER) AS import_id,
    what >= 9223372036854775808 AS received                           -- the record is of the callee's side
FROM events.packed_calls;
