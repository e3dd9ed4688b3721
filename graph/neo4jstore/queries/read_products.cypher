// Products in blocks of neighbouring internal numbers, as read_customers.
UNWIND range($first, $last, $step) AS low
CALL (low) {
    MATCH (n) WHERE id(n) IN range(low, low + $block - 1)
    WITH collect(n) AS nodes
    UNWIND nodes AS n
    WITH n WHERE n:Product
    RETURN collect(id(n)) AS numbers, collect(coalesce(n.id, false)) AS ids,
        collect(coalesce(n.name, '')) AS names, collect(coalesce(n.category, '')) AS categories,
        collect(coalesce(n.price, false)) AS prices,
        collect(coalesce(n.available_from, false)) AS froms, collect(coalesce(n.available_to, false)) AS tos,
        collect(CASE
            WHEN $kept OR coalesce(n.kith, true) <> false OR EXISTS { (n)-[x:CALLED|BOUGHT|VIEWED]-() WHERE x.fixed_weight <> 0 }
            THEN coalesce(n.kith, '') ELSE 'idle' END) AS whose
}
RETURN numbers, ids, names, categories, prices, froms, tos, whose
