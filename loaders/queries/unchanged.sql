-- Marks every good row that changes nothing: it is equal to the row of the same
-- id before it in the file, or, for the first of an id, to what is stored.
UPDATE staged SET problem = 'duplicate|changes nothing'
FROM (
    SELECT ord
    FROM (
        SELECT rowid AS ord, id, struct_pack({{.Content}}) AS content,
            row_number() OVER w AS n, lag(struct_pack({{.Content}})) OVER w AS former
        FROM staged
        WHERE problem IS NULL
        WINDOW w AS (PARTITION BY id ORDER BY rowid)
    ) AS s
    -- With s.n = 1 here, DuckDB would compare each row with each.
    LEFT JOIN (SELECT id, struct_pack({{.Content}}) AS content FROM events.{{.Table}}) AS e ON e.id = s.id
    WHERE (s.n > 1 AND s.content IS NOT DISTINCT FROM s.former)
        OR (s.n = 1 AND e.id IS NOT NULL AND s.content IS NOT DISTINCT FROM e.content)
) AS same
WHERE staged.rowid = same.ord
