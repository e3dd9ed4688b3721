-- Notes of which other imports the duplicates are, {{.}} being the import. One that
-- several have together counts for each of them.
CREATE TEMP TABLE leaning AS
SELECT earlier, sum(rows)::BIGINT AS rows
FROM (
    SELECT CAST(unnest(string_split(split_part(problem, '|', 3), ',')) AS INTEGER) AS earlier, rows
    FROM (
        SELECT problem, count(*) AS rows
        FROM staged
        WHERE starts_with(problem, 'duplicate|') AND split_part(problem, '|', 3) NOT IN ('', '{{.}}')
        GROUP BY problem
    )
)
GROUP BY earlier;

UPDATE events.repeated SET rows = repeated.rows + l.rows
FROM leaning AS l
WHERE repeated.import_id = {{.}} AND repeated.earlier = l.earlier;

INSERT INTO events.repeated (import_id, earlier, rows)
SELECT {{.}}, earlier, rows FROM leaning
WHERE earlier NOT IN (SELECT earlier FROM events.repeated WHERE import_id = {{.}});

DROP TABLE leaning
