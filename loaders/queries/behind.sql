-- Stores the rows of a file that comes in the place of an earlier import, behind which
-- others have said something of the same id: where these together say all that the row
-- does, it is a duplicate, of the newest of each attribute or field; else it goes before
-- the first of them.
CREATE TEMP TABLE behind AS
WITH later AS (
    SELECT e.id, list(e.import_id ORDER BY c.place, e.import_id) AS imports
    FROM (
        SELECT id, import_id FROM events.{{.Table}}
        UNION ALL SELECT id, import_id FROM events.former_{{.Table}}
    ) AS e
    JOIN covering AS c USING (import_id)
    WHERE c.place > {{.Place}} AND e.id IN (SELECT id FROM staged WHERE problem IS NULL)
    GROUP BY e.id
), newest AS ( -- of each attribute or field; there are far fewer lists than ids
    SELECT imports, name, arg_max(import_id, (place, import_id)) AS import_id
    FROM (SELECT imports, unnest(imports) AS import_id FROM (SELECT DISTINCT imports FROM later))
    JOIN covering USING (import_id)
    JOIN (SELECT unnest({{.Covers}}) AS name) ON covers IS NULL OR list_contains(covers, name)
    GROUP BY imports, name
), said AS (
    SELECT imports, count(*) AS names, array_to_string(list_sort(list(DISTINCT import_id)), ',') AS by FROM newest GROUP BY imports
)
SELECT l.id, l.imports[1] AS next, coalesce(s.names, 0) = len({{.Covers}}) AS said, coalesce(s.by, CAST(l.imports[-1] AS VARCHAR)) AS by
FROM later AS l LEFT JOIN said AS s USING (imports);

-- What the newest before the place has said of the same is not said again. Of several
-- rows of an id the last counts.
UPDATE staged SET problem = 'duplicate|changes nothing|' || same.import_id
FROM (
    SELECT s.id, e.import_id
    FROM (
        SELECT id, {{.Content}} FROM staged WHERE problem IS NULL
        QUALIFY row_number() OVER (PARTITION BY id ORDER BY rowid DESC) = 1
    ) AS s
    JOIN (
        SELECT f.id, {{.Content}}, import_id, c.within, c.covers
        FROM events.former_{{.Table}} AS f
        JOIN covering AS c USING (import_id)
        JOIN behind AS b ON b.id = f.id AND NOT b.said
        WHERE c.place <= {{.Place}} AND (c.covers IS NULL OR list_has_any(c.covers, {{.Covers}}))
        QUALIFY row_number() OVER (PARTITION BY f.id ORDER BY c.place DESC, import_id DESC) = 1
    ) AS e ON e.id = s.id
    WHERE list_has_all(e.covers, {{.Covers}}) AND {{template "same" .}}
) AS same
WHERE staged.id = same.id AND staged.problem IS NULL;

UPDATE staged SET problem = CASE WHEN b.said THEN 'duplicate|a later file has newer values|' || b.by ELSE 'aside' END
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
