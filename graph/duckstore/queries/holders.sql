-- Makes identity.holders of identity.records and identity.numbers. A number is
-- cut into spans at each moment at which somebody begins or ends to hold it. In a
-- span in which one person alone holds it, it stands for that person; where
-- several do, or nobody, it stands for itself. An id that is a record's never
-- stands for somebody as a number.
DELETE FROM identity.holders;

INSERT INTO identity.holders
SELECT record, '-infinity', 'infinity', person FROM identity.records;

INSERT INTO identity.holders
WITH held AS (
    SELECT DISTINCT n.number, coalesce(r.person, n.record) AS person, n.from_at, n.to_at
    FROM identity.numbers AS n
    LEFT JOIN identity.records AS r ON r.record = n.record
    WHERE n.from_at < n.to_at
), spans AS (
    SELECT number, moment AS from_at, lead(moment) OVER (PARTITION BY number ORDER BY moment) AS to_at
    FROM (SELECT number, from_at AS moment FROM held UNION SELECT number, to_at FROM held)
), single AS (
    SELECT s.number, s.from_at, s.to_at, min(h.person) AS person
    FROM spans AS s
    JOIN held AS h ON h.number = s.number AND h.from_at <= s.from_at AND h.to_at >= s.to_at
    GROUP BY s.number, s.from_at, s.to_at
    HAVING count(DISTINCT h.person) = 1
), chained AS (
    SELECT *, coalesce(lag(to_at) OVER w = from_at AND lag(person) OVER w = person, false) AS goes_on
    FROM single
    WINDOW w AS (PARTITION BY number ORDER BY from_at)
), numbered AS (
    SELECT *, sum((NOT goes_on)::INTEGER) OVER (PARTITION BY number ORDER BY from_at) AS piece FROM chained
)
SELECT s.id, min(n.from_at), max(n.to_at), n.person
FROM numbered AS n
JOIN (SELECT DISTINCT id, number FROM identity.spellings) AS s ON s.number = n.number
WHERE s.id NOT IN (SELECT record FROM identity.records)
  AND s.id NOT IN (SELECT id FROM events.customers)
GROUP BY s.id, n.number, n.piece, n.person;
