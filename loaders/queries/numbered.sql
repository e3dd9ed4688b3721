-- Stages calls anew, in the same order, with numbers for the texts of their ends.
CREATE TEMP TABLE numbered AS
SELECT f.n AS caller, t.n AS callee, time, kind, seconds, answered, received, bytes, problem,
    CASE WHEN problem IS NOT NULL THEN caller END AS witness
FROM (SELECT rowid AS ord, * FROM staged) AS s
LEFT JOIN ends AS f ON f.id = s.caller
LEFT JOIN ends AS t ON t.id = s.callee
ORDER BY ord;

DROP TABLE staged;

ALTER TABLE numbered RENAME TO staged
