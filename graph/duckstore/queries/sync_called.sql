-- Stores the ties of called.sql: the nodes have the numbers of people.ids.
INSERT INTO graph.call_ties
SELECT caller, callee, weight, count, messages, seconds,
    make_timestamp(nullif(first_at, -9223372036854775807)), make_timestamp(nullif(last_at, -9223372036854775807))
FROM read_parquet($1)
