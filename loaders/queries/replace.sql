-- Takes out the stored rows of the ids that come anew.
DELETE FROM events.{{.Table}} WHERE id IN (SELECT id FROM staged WHERE problem IS NULL)
