-- What was done to the ids of people that were hashed, as receipts say it.
SELECT DISTINCT steps
FROM (
    SELECT unnest([json_extract_string(mapping, '$."(caller)"'), json_extract_string(mapping, '$."(callee)"'),
        json_extract_string(mapping, '$."(subscriber)"'), json_extract_string(mapping, '$."(other)"'),
        json_extract_string(mapping, '$."(customer)"'), json_extract_string(mapping, '$."(guest)"'), json_extract_string(mapping, '$."(id)"')]) AS steps
    FROM events.imports WHERE kind <> 'products' AND undone_at IS NULL
)
WHERE regexp_matches(steps, '(^|, )hash$')
ORDER BY steps
