-- Where the risk of a customer comes from: an own part, one for each of the
-- people listed who left, and what the ones not listed add.
ALTER TABLE result.customers ADD COLUMN gone BOOLEAN DEFAULT false;
ALTER TABLE result.customers ADD COLUMN risk_own DOUBLE DEFAULT 0;
ALTER TABLE result.customers ADD COLUMN risk_other DOUBLE DEFAULT 0;
CREATE TABLE result.risk_parts (
    customer VARCHAR NOT NULL, from_id VARCHAR NOT NULL, part DOUBLE NOT NULL
);
