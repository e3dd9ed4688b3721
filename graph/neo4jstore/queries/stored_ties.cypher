// The ties that leave customers with all figures, in blocks of the customers' internal numbers, as read_customers.
UNWIND range($first, $last, $step) AS low
CALL (low) {
    MATCH (n) WHERE id(n) IN range(low, low + $block - 1)
    WITH collect(n) AS nodes
    UNWIND nodes AS a
    WITH a WHERE a:Customer
    MATCH (a)-[r:TIE]->(b)
    RETURN collect(id(a)) AS froms, collect(id(b)) AS tos, collect(r.fixed_weight IS NOT NULL) AS fixed, COLUMNS
}
RETURN *
