-- Stores plain calls as they are, where none of them can be a duplicate. Their
-- lengths are what events.packed_call makes of them.
INSERT INTO events.packed_calls
SELECT {{template "plain ends" .}}, length, {{.Import}}
FROM {{template "plain source" .}}
