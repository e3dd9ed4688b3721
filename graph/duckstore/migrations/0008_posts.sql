-- Batches of events that were posted, by the key that the sender gave, so that one
-- that is sent again gets the same answer and changes nothing. Old keys go.
CREATE TABLE events.posts (
    key       VARCHAR PRIMARY KEY,      -- sha256 of the key, hex
    hash      VARCHAR NOT NULL,         -- sha256 of the batch, hex
    posted_at TIMESTAMP NOT NULL,       -- when it was stored, UTC
    receipt   VARCHAR NOT NULL          -- the answer, JSON
);
