-- Which side recorded a call, so that the records of both find each other whatever
-- file is loaded first: received is true of a record of the callee's side. Such
-- records of calls that the caller's side recorded too stand in events.call_twins and
-- count for nothing, unless the other side's turn out to be fewer.
ALTER TABLE events.call_rows ADD COLUMN received BOOLEAN DEFAULT false;

CREATE TABLE events.call_twins (
    caller    UINTEGER NOT NULL,        -- events.ids
    callee    UINTEGER NOT NULL,        -- events.ids
    time      TIMESTAMP NOT NULL,
    kind      events.call_kind NOT NULL,
    seconds   BIGINT NOT NULL,
    answered  BOOLEAN NOT NULL,
    import_id INTEGER NOT NULL
);
