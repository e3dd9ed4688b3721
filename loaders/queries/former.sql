-- Keeps what is replaced, so that the import can be taken back, for {{.Keep}} days, and
-- as long as something of an id is of an earlier import.
UPDATE events.imports SET replaced = NULL
WHERE replaced > 0 AND kind = '{{.Table}}' AND loaded_at < CAST(now() AS TIMESTAMP) - INTERVAL {{.Keep}} DAY;

DELETE FROM events.former_{{.Table}}
WHERE replaced_by IN (SELECT id FROM events.imports WHERE replaced IS NULL)
    AND id NOT IN (SELECT id FROM events.{{.Table}} WHERE carried IS NOT NULL);

INSERT INTO events.former_{{.Table}} (id, {{.Content}}, import_id, replaced_by)
SELECT id, {{.Content}}, import_id, {{.Import}} FROM events.{{.Table}} WHERE id IN (SELECT id FROM staged WHERE problem IS NULL)
