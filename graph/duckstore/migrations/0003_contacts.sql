-- Whom campaigns touched and what came of it, and how content customers say
-- they are.
CREATE TABLE events.contacts (
    customer  VARCHAR NOT NULL,
    time      TIMESTAMP,                -- of the contact, UTC; NULL where the source has no times
    campaign  VARCHAR NOT NULL,         -- empty when unknown, as are arm and channel
    arm       VARCHAR NOT NULL,         -- what was tried on the customer: an offer, a variant, control
    channel   VARCHAR NOT NULL,
    responded BOOLEAN,                  -- NULL where the source does not say
    outcome   VARCHAR NOT NULL,         -- the response in the words of the source, empty for a mere yes or no
    converted BOOLEAN,                  -- whether the customer did what was asked for, such as buying; NULL when unknown
    revenue   DECIMAL(18,4),            -- money that came of it; NULL when unknown
    import_id INTEGER NOT NULL
);

CREATE TABLE events.satisfaction (
    customer  VARCHAR NOT NULL,
    time      TIMESTAMP,                -- UTC; NULL where the source has no times
    kind      VARCHAR NOT NULL,         -- survey, complaint, praise
    topic     VARCHAR NOT NULL,         -- empty when unknown
    score     DOUBLE,                   -- NULL where there is none; the higher the better
    lowest    DOUBLE,                   -- the scale of the score, both ends included; NULL when unknown
    highest   DOUBLE,
    comment   VARCHAR NOT NULL,
    import_id INTEGER NOT NULL
);
