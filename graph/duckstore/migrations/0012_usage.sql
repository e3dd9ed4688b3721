-- Data sessions, which have no other side: a customer's own use, which ties nobody.
CREATE TABLE events.usage (
    customer  VARCHAR NOT NULL,
    time      TIMESTAMP,                -- start, UTC; NULL where the source has no times
    seconds   BIGINT NOT NULL,
    bytes     BIGINT,                   -- in both directions; NULL where the source does not say
    import_id INTEGER NOT NULL
);

CREATE VIEW people.usage AS
SELECT coalesce(h.person, e.customer) AS customer, e.time, e.seconds, e.bytes, e.import_id
FROM events.usage AS e
LEFT JOIN identity.holders AS h ON h.id = e.customer
    AND coalesce(e.time, TIMESTAMP '-infinity') >= h.from_at AND coalesce(e.time, TIMESTAMP '294247-01-10 04:00:54') < h.to_at;
