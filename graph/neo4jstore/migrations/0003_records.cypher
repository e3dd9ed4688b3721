// Which records are one person's.
CREATE INDEX kith_customer_person IF NOT EXISTS FOR (n:Customer) ON (n.person);
