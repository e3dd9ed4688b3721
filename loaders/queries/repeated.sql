-- Notes of which earlier imports the duplicates are, {{.}} being the import.
CREATE TEMP TABLE leaning AS
SELECT CAST(split_part(problem, '|', 3) AS INTEGER) AS earlier, count(*) AS rows
FROM staged
WHERE starts_with(problem, 'duplicate|') AND split_part(problem, '|', 3) NOT IN ('', '{{.}}')
GROUP BY earlier;

UPDATE events.repeated SET rows = repeated.rows + l.rows
FROM leaning AS l
WHERE repeated.import_id = {{.}} AND repeated.earlier = l.earlier;

INSERT INTO events.repeated (import_id, earlier, rows)
SELECT {{.}}, earlier, rows FROM leaning
WHERE earlier NOT IN (SELECT earlier FROM events.repeated WHERE import_id = {{.}});

DROP TABLE leaning
