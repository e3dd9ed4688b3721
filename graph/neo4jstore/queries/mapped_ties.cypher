// The relationships of a mapped type that leave, or enter, mapped customers, in blocks of the customers' internal
// numbers, as read_customers.
UNWIND range($first, $last, $step) AS low
CALL (low) {
    MATCH (n) WHERE id(n) IN range(low, low + $block - 1)
    WITH collect(n) AS nodes
    UNWIND nodes AS a
    WITH a WHERE LABELS
    MATCH (a)PATTERN(b)
    WHERE trueCONDITION
    RETURN collect(id(a)) AS froms, collect(id(b)) AS tos, WEIGHTS AS weights, AMOUNTS AS amounts,
        FIRST AS first, LAST AS last
}
RETURN froms, tos, weights, amounts, first, last
