// Mapped nodes in blocks of neighbouring internal numbers, as read_customers.
UNWIND range($first, $last, $step) AS low
CALL (low) {
    MATCH (n) WHERE id(n) IN range(low, low + $block - 1)
    WITH collect(n) AS nodes
    UNWIND nodes AS n
    WITH n WHERE CONDITION
    RETURN collect([id(n), PROPERTIES]) AS rows
}
RETURN rows
