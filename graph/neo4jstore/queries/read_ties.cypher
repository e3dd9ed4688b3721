// What kernels need of the ties that leave customers, in blocks of the customers' internal numbers, as read_customers.
UNWIND range($first, $last, $step) AS low
CALL (low) {
    MATCH (n) WHERE id(n) IN range(low, low + $block - 1)
    WITH collect(n) AS nodes
    UNWIND nodes AS a
    WITH a WHERE a:Customer
    MATCH (a)-[r:TIE]->(b)
    RETURN collect(id(a)) AS froms, collect(id(b)) AS tos, collect(coalesce(r.fixed_weight, r.weight, false)) AS weights,
        collect(r.fixed_weight IS NOT NULL) AS fixed, collect(coalesce(r.amount, 0.0)) AS amounts
}
RETURN froms, tos, weights, fixed, amounts
