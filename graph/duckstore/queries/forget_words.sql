-- Takes an id out of the texts in which it stands as a word.
UPDATE {{.Table}} SET {{.Column}} = replace({{.Column}}, name, '(forgotten)')
FROM temp.forget_names
WHERE {{.Where}} AND telling AND contains({{.Column}}, name) AND regexp_matches({{.Column}}, word)
