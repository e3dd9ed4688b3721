-- As known.sql, of calls whose ends are numbers.
INSERT INTO events.known (what, id, import_id)
SELECT {{.What}}, id, {{.Import}}
FROM events.ids
JOIN (
    SELECT caller AS n FROM staged WHERE problem IS NULL
    UNION
    SELECT callee FROM staged WHERE problem IS NULL
) USING (n)
WHERE NOT EXISTS (SELECT 1 FROM events.known AS k WHERE k.what = {{.What}} AND k.id = events.ids.id)
