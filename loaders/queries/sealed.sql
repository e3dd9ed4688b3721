-- Whether the ids of people in some import were hashed.
SELECT count(*) > 0 FROM events.imports
WHERE kind <> 'products' AND undone_at IS NULL AND regexp_matches(concat_ws(', ',
    json_extract_string(mapping, '$."(caller)"'), json_extract_string(mapping, '$."(callee)"'),
    json_extract_string(mapping, '$."(subscriber)"'), json_extract_string(mapping, '$."(other)"'),
    json_extract_string(mapping, '$."(customer)"'), json_extract_string(mapping, '$."(id)"')), '(^|, )hash($|,)')
