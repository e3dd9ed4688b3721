-- Takes the ids out of the texts in which they stand as words, longer ones first. Two
-- that have one character between them share it, so that each is looked for twice.
UPDATE {{.Table}} SET {{.Column}} = list_reduce(
    (SELECT list(word ORDER BY length(name) DESC, name) FROM temp.forget_names WHERE telling),
    lambda text, word: regexp_replace(regexp_replace(text, word, '\1(forgotten)\2', 'g'), word, '\1(forgotten)\2', 'g'),
    {{.Column}}
)
WHERE {{.Where}} AND EXISTS (
    SELECT 1 FROM temp.forget_names WHERE telling AND contains({{.Column}}, name) AND regexp_matches({{.Column}}, word)
)
