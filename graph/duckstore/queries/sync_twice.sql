-- One node or tie that a source yields twice, if there is any.
SELECT what FROM (
    SELECT 'customer "' || id[:100] || '"' AS what FROM temp.new_customers GROUP BY id HAVING count(*) > 1
    UNION ALL
    SELECT 'product "' || id[:100] || '"' FROM temp.new_products GROUP BY id HAVING count(*) > 1
    UNION ALL
    SELECT kind || ' tie "' || from_id[:100] || '" to "' || to_id[:100] || '"' FROM temp.new_ties
    GROUP BY kind, from_id, to_id HAVING count(*) > 1
)
ORDER BY what
LIMIT 1
