-- The good rows that name somebody or something that no file of customers or
-- products has described: how many, how many different, and the first.
SELECT count(*), count(DISTINCT s.{{.Column}}), min(s.rowid)
FROM staged AS s
WHERE problem IS NULL AND {{.Column}} <> '' AND NOT EXISTS (SELECT 1 FROM events.{{.Table}} AS k WHERE k.id = s.{{.Column}})
