//kith 01: Choose what to look at
// Sets what the other queries ask about: $community and $other stand to lose the
// most, $customer has the highest risk in the first of them, and $product is what
// it prefers, or else what some other community does. Run it first. To look at
// another, name it, such as with ":param community => 'c0-12'".
:param [{community, other, customer, product}] => {
  MATCH (k:Community)
  WHERE k.risk >= 0 AND k.level = 0
  WITH k ORDER BY k.size > 5 DESC, k.expected_loss DESC, k.risk DESC, k.size DESC, k.id LIMIT 2
  WITH collect(k.id) AS ids
  RETURN ids[0] AS community, ids[-1] AS other,
    COLLECT {
      MATCH (c:Customer {community: ids[0]})
      RETURN c.id ORDER BY c.churn_risk DESC, c.id LIMIT 1
    }[0] AS customer,
    COLLECT {
      MATCH (k:Community)-[p:PREFERS]->(r:Product)
      RETURN r.id ORDER BY k.id = ids[0] DESC, p.lift_low DESC, p.supporters DESC, r.id LIMIT 1
    }[0] AS product
}
