-- Moves lines out of those that count that are void, or back that are not.
CREATE OR REPLACE TEMP TABLE moving AS
SELECT ord FROM verdicts WHERE place = '{{.From}}' AND {{if eq .From "void_purchases"}}NOT {{end}}void;

INSERT INTO events.{{.To}} ({{.Columns}}, import_id)
SELECT {{.Columns}}, import_id FROM events.{{.From}} WHERE rowid IN (SELECT ord FROM moving) ORDER BY rowid;

DELETE FROM events.{{.From}} WHERE rowid IN (SELECT ord FROM moving)
