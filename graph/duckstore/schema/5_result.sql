-- What the current run found.
CREATE SCHEMA result;

CREATE TABLE result.runs (
    id VARCHAR NOT NULL, ended_at TIMESTAMP NOT NULL, as_of TIMESTAMP, seed UBIGINT NOT NULL,
    version VARCHAR NOT NULL, quality VARCHAR NOT NULL -- JSON object
);

CREATE TABLE result.communities (
    id VARCHAR NOT NULL, parent VARCHAR NOT NULL, level INTEGER NOT NULL, size INTEGER NOT NULL,
    density DOUBLE NOT NULL, risk DOUBLE NOT NULL, expected_loss DOUBLE NOT NULL,
    leader VARCHAR NOT NULL, disseminator VARCHAR NOT NULL
);

CREATE TABLE result.customers (
    id VARCHAR NOT NULL, community VARCHAR NOT NULL, role VARCHAR NOT NULL, core BOOLEAN NOT NULL,
    pagerank DOUBLE NOT NULL, authority DOUBLE NOT NULL, dissemination DOUBLE NOT NULL,
    susceptibility DOUBLE NOT NULL, churn_risk DOUBLE NOT NULL, own_value DOUBLE NOT NULL,
    gone BOOLEAN DEFAULT false, risk_own DOUBLE DEFAULT 0, risk_other DOUBLE DEFAULT 0
);

CREATE TABLE result.memberships (
    customer VARCHAR NOT NULL, community VARCHAR NOT NULL, degree DOUBLE NOT NULL,
    core BOOLEAN NOT NULL, leader BOOLEAN NOT NULL
);

CREATE TABLE result.preferences (
    community VARCHAR NOT NULL, product VARCHAR NOT NULL, supporters INTEGER NOT NULL,
    support DOUBLE NOT NULL, lift DOUBLE NOT NULL, lift_low DOUBLE NOT NULL
);

-- Where the risk of a customer comes from: an own part in result.customers, one for each
-- of the people listed here who left, and in risk_other what the ones not listed add.
CREATE TABLE result.risk_parts (
    customer VARCHAR NOT NULL, from_id VARCHAR NOT NULL, part DOUBLE NOT NULL
);
