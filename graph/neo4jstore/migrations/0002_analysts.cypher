// What analysts' questions begin with: who has left, and which ties were fixed by hand.
CREATE INDEX kith_customer_gone IF NOT EXISTS FOR (n:Customer) ON (n.gone);
CREATE INDEX kith_called_fixed IF NOT EXISTS FOR ()-[r:CALLED]-() ON (r.fixed_weight);
