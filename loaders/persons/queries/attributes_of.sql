-- What is known of the person of record $1, each value with the record, the import and the file
-- it comes from; place 1 stands for the person.
SELECT attribute, place, value, record, import_id, source, coalesce(epoch_us(seen), 0)
FROM people.attributes
WHERE person = coalesce((SELECT person FROM identity.records WHERE record = $1), $1)
ORDER BY attribute, place
