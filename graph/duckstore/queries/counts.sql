-- How much of everything there is.
SELECT (SELECT count(*) FROM events.imports WHERE undone_at IS NULL),
       (SELECT count(*) FROM events.rejects),
       c.calls, c.messages, c.missed, c.self_calls, c.untimed,
       (SELECT count(*) FROM events.usage),
       (SELECT count(*) FROM events.purchases),
       (SELECT count(*) FROM events.purchases WHERE quantity < 0),
       (SELECT count(*) FROM events.visits),
       (SELECT count(*) FROM events.visits WHERE customer = '')
           - (SELECT count(*) FROM events.visits AS v JOIN people.sessions('infinity'::TIMESTAMP) AS s ON s.session = v.session
              WHERE v.customer = ''),
       (SELECT count(*) FROM (SELECT session FROM people.visits WHERE session <> '' AND customer <> ''
                              GROUP BY session HAVING min(customer) < max(customer))),
       (SELECT count(*) FROM events.contacts),
       (SELECT count(*) FROM events.contacts WHERE responded),
       (SELECT count(*) FROM events.satisfaction),
       (SELECT count(*) FROM events.satisfaction WHERE kind = 'complaint'),
       (SELECT count(*) FROM events.churn),
       (SELECT count(DISTINCT id) FROM events.customers),
       (SELECT count(DISTINCT id) FROM events.products)
FROM (
    SELECT count(*) AS calls,
           count(*) FILTER (WHERE kind = 'message') AS messages,
           count(*) FILTER (WHERE kind = 'voice' AND NOT answered) AS missed,
           count(*) FILTER (WHERE caller = callee) AS self_calls,
           count(*) FILTER (WHERE time IS NULL) AS untimed
    FROM events.call_rows
) AS c
