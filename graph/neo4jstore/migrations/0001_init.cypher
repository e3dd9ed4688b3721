// What a graph of kith is found by, and what keeps each thing in it once.
CREATE CONSTRAINT kith_migration IF NOT EXISTS FOR (n:KithMigration) REQUIRE n.number IS UNIQUE;
CREATE CONSTRAINT kith_state IF NOT EXISTS FOR (n:KithState) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT kith_writer IF NOT EXISTS FOR (n:KithWriter) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT kith_change IF NOT EXISTS FOR (n:KithChange) REQUIRE (n.log, n.seq) IS UNIQUE;
CREATE CONSTRAINT kith_customer IF NOT EXISTS FOR (n:Customer) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT kith_product IF NOT EXISTS FOR (n:Product) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT kith_run IF NOT EXISTS FOR (n:Run) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT kith_community IF NOT EXISTS FOR (n:Community) REQUIRE n.id IS UNIQUE;
// Communities that are being written beside the current ones.
CREATE CONSTRAINT kith_next_community IF NOT EXISTS FOR (n:KithNextCommunity) REQUIRE n.id IS UNIQUE;
// What analysts look for.
CREATE INDEX kith_customer_community IF NOT EXISTS FOR (n:Customer) ON (n.community);
CREATE INDEX kith_customer_risk IF NOT EXISTS FOR (n:Customer) ON (n.churn_risk);
CREATE INDEX kith_community_risk IF NOT EXISTS FOR (n:Community) ON (n.risk);
CREATE INDEX kith_product_category IF NOT EXISTS FOR (n:Product) ON (n.category);
MERGE (s:KithState {id: 1}) ON CREATE SET s.generation = 0;
MERGE (w:KithWriter {id: 1});
