-- Who asked to be forgotten, without saying who: a mark is sha256(salt || id) in hex, and
-- the salt is made when it is first needed.
CREATE SCHEMA privacy;

CREATE TABLE privacy.salt (salt VARCHAR NOT NULL);

CREATE TABLE privacy.forgotten (mark VARCHAR PRIMARY KEY, since TIMESTAMP NOT NULL);

-- One row for each removal: its receipt, without ids of people.
CREATE TABLE privacy.removals (
    id       INTEGER PRIMARY KEY,
    ended_at TIMESTAMP NOT NULL,        -- UTC
    kind     VARCHAR NOT NULL,          -- forget, trim, allow
    before   TIMESTAMP,                 -- trim: events before this time went
    counts   VARCHAR NOT NULL           -- JSON object: table -> rows that went
);
