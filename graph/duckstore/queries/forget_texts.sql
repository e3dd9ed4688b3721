-- Empties the texts in which an id stands as a word.
UPDATE {{.Table}} SET {{.Column}} = ''
WHERE {{.Where}} AND EXISTS (
    SELECT 1 FROM temp.forget_names WHERE contains({{.Column}}, name) AND regexp_matches({{.Column}}, word)
)
