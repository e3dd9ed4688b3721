-- Stores the ties of called.sql.
INSERT INTO graph.tie_rows
WITH nodes AS MATERIALIZED (
    SELECT i.n, c.n AS node FROM people.ids AS i JOIN graph.customers AS c USING (id)
)
SELECT 'CALLED', f.node, t.node, weight, count, messages, seconds, 0, 0,
    make_timestamp(nullif(first_at, -9223372036854775807)), make_timestamp(nullif(last_at, -9223372036854775807))
FROM read_parquet($1)
JOIN nodes AS f ON f.n = caller
JOIN nodes AS t ON t.n = callee
