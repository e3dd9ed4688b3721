// Customers in blocks of neighbouring internal numbers, from $first on, every $step. The nodes are collected first, as
// the planner would otherwise scan the label for each block. collect leaves nulls out, so each column replaces them.
UNWIND range($first, $last, $step) AS low
CALL (low) {
    MATCH (n) WHERE id(n) IN range(low, low + $block - 1)
    WITH collect(n) AS nodes
    UNWIND nodes AS n
    WITH n WHERE n:Customer
    RETURN collect(id(n)) AS numbers, collect(coalesce(n.id, false)) AS ids, collect(coalesce(n.attributes, '')) AS attributes
}
RETURN numbers, ids, attributes
