// Customers in blocks of neighbouring internal numbers, from $first on, every $step. The nodes are collected first, as
// the planner would otherwise scan the label for each block. collect leaves nulls out, so each column replaces them.
// Of those that the data has left, and that are kept for weights fixed by hand, $kept says whether one that has no other
// than 0 counts.
UNWIND range($first, $last, $step) AS low
CALL (low) {
    MATCH (n) WHERE id(n) IN range(low, low + $block - 1)
    WITH collect(n) AS nodes
    UNWIND nodes AS n
    WITH n WHERE n:Customer
    RETURN collect(id(n)) AS numbers, collect(coalesce(n.id, false)) AS ids, collect(coalesce(n.attributes, '')) AS attributes,
        collect(CASE
            WHEN $kept OR coalesce(n.kith, true) <> false OR EXISTS { (n)-[x:CALLED|BOUGHT|VIEWED]-() WHERE x.fixed_weight <> 0 }
            THEN coalesce(n.kith, '') ELSE 'idle' END) AS whose
}
RETURN numbers, ids, attributes, whose
