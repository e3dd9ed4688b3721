-- Marks every good row that changes nothing: it is equal to the row of the same
-- id before it in the file, or, for the first of an id, to what is stored, which is
-- told with its import.
UPDATE staged SET problem = concat_ws('|', 'duplicate', 'changes nothing', same.import_id)
FROM (
    SELECT ord, CASE WHEN s.n = 1 THEN e.import_id END AS import_id
    FROM (
        SELECT rowid AS ord, id, struct_pack({{.Content}}) AS content,
            row_number() OVER w AS n, lag(struct_pack({{.Content}})) OVER w AS former
        FROM staged
        WHERE problem IS NULL
        WINDOW w AS (PARTITION BY id ORDER BY rowid)
    ) AS s
    -- With s.n = 1 here, DuckDB would compare each row with each.
    LEFT JOIN (SELECT id, struct_pack({{.Content}}) AS content, import_id FROM events.{{.Table}}) AS e ON e.id = s.id
    WHERE (s.n > 1 AND s.content IS NOT DISTINCT FROM s.former)
        OR (s.n = 1 AND e.id IS NOT NULL AND s.content IS NOT DISTINCT FROM e.content)
) AS same
WHERE staged.rowid = same.ord
