//kith 06: Whom to call first in a community
// The 25 members of $community whose leaving would cost the most. loss is risk
// times own value, and over all members it sums to the expected loss of the
// community. Those with high susceptibility leave because others do.
MATCH (c:Customer {community: $community})
WHERE c.gone IS NULL
RETURN c.id AS customer, c.role AS role, c.churn_risk AS risk, c.own_value AS value,
  c.churn_risk * c.own_value AS loss, c.susceptibility AS susceptibility
ORDER BY loss DESC, risk DESC, customer LIMIT 25
