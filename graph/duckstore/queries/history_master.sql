-- The attributes that stand for a person, with where they came from.
SELECT attribute, value, record, coalesce(i.file, ''), coalesce(a.import_id, 0),
    (SELECT count(*) FROM people.attributes AS o WHERE o.person = $1 AND o.attribute = a.attribute AND o.value <> a.value)
FROM people.attributes AS a LEFT JOIN events.imports AS i ON i.id = a.import_id
WHERE person = $1 AND place = 1
ORDER BY attribute
