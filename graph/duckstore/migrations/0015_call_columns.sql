-- Calls and their ties are most of what is stored. To say how their columns are packed
-- saves DuckDB trying all ways on each of them, a tenth of the time of storing; it
-- would choose nearly the same.
ALTER TABLE events.call_rows RENAME TO old_call_rows;
CREATE TABLE events.call_rows (
    caller    UINTEGER NOT NULL USING COMPRESSION bitpacking,         -- events.ids
    callee    UINTEGER NOT NULL USING COMPRESSION bitpacking,         -- events.ids
    time      TIMESTAMP USING COMPRESSION bitpacking,                 -- start, UTC; NULL where the source has no times
    kind      events.call_kind NOT NULL USING COMPRESSION bitpacking,
    seconds   BIGINT NOT NULL USING COMPRESSION bitpacking,           -- 0 for a missed call and for messages
    answered  BOOLEAN NOT NULL USING COMPRESSION bitpacking,
    import_id INTEGER NOT NULL USING COMPRESSION rle,
    received  BOOLEAN DEFAULT false USING COMPRESSION rle
);
INSERT INTO events.call_rows SELECT caller, callee, time, kind, seconds, answered, import_id, received FROM events.old_call_rows ORDER BY rowid;
DROP TABLE events.old_call_rows;

ALTER TABLE graph.call_ties RENAME TO old_call_ties;
CREATE TABLE graph.call_ties (
    from_n   UINTEGER NOT NULL USING COMPRESSION bitpacking,          -- graph.customers
    to_n     UINTEGER NOT NULL USING COMPRESSION bitpacking,          -- graph.customers
    weight   DOUBLE NOT NULL,
    count    BIGINT NOT NULL USING COMPRESSION bitpacking,
    messages BIGINT NOT NULL USING COMPRESSION bitpacking,
    seconds  BIGINT NOT NULL USING COMPRESSION bitpacking,
    first_at TIMESTAMP USING COMPRESSION bitpacking,
    last_at  TIMESTAMP USING COMPRESSION bitpacking
);
INSERT INTO graph.call_ties FROM graph.old_call_ties;
DROP TABLE graph.old_call_ties;
