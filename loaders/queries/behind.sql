-- Stores the rows of a file that comes in the place of an earlier import, behind which
-- others have said something of the same id: where these say all that the row does, it
-- is a duplicate; else it goes before the first of them.
CREATE TEMP TABLE behind AS
SELECT e.id, min_by(e.import_id, (c.place, e.import_id)) AS next, max_by(e.import_id, (c.place, e.import_id)) AS last,
    bool_or(c.covers IS NULL) OR list_has_all(flatten(list(coalesce(c.covers, []))), {{.Covers}}) AS said
FROM (
    SELECT id, import_id FROM events.{{.Table}}
    UNION ALL SELECT id, import_id FROM events.former_{{.Table}}
) AS e
JOIN covering AS c USING (import_id)
WHERE c.place > {{.Place}} AND e.id IN (SELECT id FROM staged WHERE problem IS NULL)
GROUP BY e.id;

-- What the place has had before is not said again. Of several rows of an id the last counts.
UPDATE staged SET problem = 'duplicate|changes nothing|' || same.import_id
FROM (
    SELECT s.id, e.import_id
    FROM (
        SELECT id, {{.Content}} FROM staged WHERE problem IS NULL
        QUALIFY row_number() OVER (PARTITION BY id ORDER BY rowid DESC) = 1
    ) AS s
    JOIN (
        SELECT f.id, {{.Content}}, import_id, c.within
        FROM events.former_{{.Table}} AS f
        JOIN covering AS c USING (import_id)
        JOIN behind AS b ON b.id = f.id AND NOT b.said
        WHERE list_has_all(c.covers, {{.Covers}}) -- so that it stands before
        QUALIFY row_number() OVER (PARTITION BY f.id ORDER BY c.place DESC, import_id DESC) = 1
    ) AS e ON e.id = s.id
    WHERE {{template "same" .}}
) AS same
WHERE staged.id = same.id AND staged.problem IS NULL;

UPDATE staged SET problem = CASE WHEN b.said THEN 'duplicate|a later file has newer values|' || b.last ELSE 'aside' END
FROM behind AS b
WHERE b.id = staged.id AND staged.problem IS NULL;

UPDATE events.former_{{.Table}} SET replaced_by = {{.Import}}
FROM behind AS b
WHERE b.id = former_{{.Table}}.id AND former_{{.Table}}.replaced_by = b.next AND b.id IN (SELECT id FROM staged WHERE problem = 'aside');

INSERT INTO events.former_{{.Table}} (id, {{.Content}}, import_id, replaced_by)
SELECT s.id, {{.Content}}, {{.Import}}, b.next
FROM (SELECT rowid AS ord, * FROM staged WHERE problem = 'aside') AS s
JOIN behind AS b ON b.id = s.id
QUALIFY row_number() OVER (PARTITION BY s.id ORDER BY s.ord DESC) = 1;

DROP TABLE behind
