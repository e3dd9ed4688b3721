-- As known.sql, of calls whose ends are numbers.
INSERT INTO events.known (what, id, import_id)
SELECT {{.What}}, id, {{.Import}}
FROM events.ids AS n
WHERE n.n IN (SELECT caller FROM staged WHERE problem IS NULL UNION ALL SELECT callee FROM staged WHERE problem IS NULL)
  AND NOT EXISTS (SELECT 1 FROM events.known AS k WHERE k.what = {{.What}} AND k.id = n.id)
