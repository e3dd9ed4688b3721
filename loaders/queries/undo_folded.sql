{{template "covering.sql" .}};

-- Lists the ids of which the import has said something, where others say something
-- else.
CREATE TEMP TABLE folded AS
SELECT id FROM (
    SELECT id, import_id FROM events.{{.Table}}
    UNION SELECT id, import_id FROM events.former_{{.Table}}
)
WHERE import_id = {{.Import}}
    AND (SELECT count(DISTINCT coalesce(covers, ['', ''])) FROM events.imports WHERE kind = '{{.Table}}' AND undone_at IS NULL) > 1
