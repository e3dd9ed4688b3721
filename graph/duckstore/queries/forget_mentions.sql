-- Empties a column where it names the person.
UPDATE {{.Table}} SET {{.Column}} = ''
WHERE {{.Where}} AND {{.Column}} IN (SELECT name FROM temp.forget_names)
