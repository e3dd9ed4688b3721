-- Stores plain calls as they are, where none of them can be a duplicate.
INSERT INTO events.call_rows (caller, callee, time, kind, seconds, answered, import_id)
SELECT caller, callee, time, kind, seconds, answered, {{.Import}}
FROM (SELECT {{template "plain rows" .}} FROM {{template "plain source" .}})
