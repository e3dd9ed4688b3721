// What the data has left and what others' work keeps in the graph, so that it is found when it comes back.
CREATE INDEX kith_former_customer IF NOT EXISTS FOR (n:KithFormerCustomer) ON (n.id);
CREATE INDEX kith_former_product IF NOT EXISTS FOR (n:KithFormerProduct) ON (n.id);
