-- Stores plain calls as they are, where none of them can be a duplicate. Their
-- lengths are what events.packed_call makes of them but for the import.
INSERT INTO events.packed_calls
SELECT {{template "plain ends" .}}, length | (CAST({{.Import}} AS UBIGINT) << 33)
FROM {{template "plain source" .}}
