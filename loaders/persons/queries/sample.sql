-- The values of an attribute, $1 as a JSON pointer, of the first customers.
SELECT value FROM (SELECT json_extract_string(nullif(attributes, ''), $1) AS value FROM events.customers ORDER BY id LIMIT 2000)
WHERE value <> ''
