-- Sessions that are nobody else's are names of the person too.
INSERT INTO temp.forget_names
SELECT session, '(^|[^\pL\pN])' || regexp_escape(session) || '($|[^\pL\pN])', false
FROM events.visits
WHERE session <> '' AND customer <> '' AND session NOT IN (SELECT name FROM temp.forget_names)
GROUP BY session
HAVING bool_and(customer IN (SELECT name FROM temp.forget_names))
