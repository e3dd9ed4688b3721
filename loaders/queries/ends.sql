-- Makes temp.ends, the ids of the good rows with their numbers, and stores those
-- that had none: they go on behind the highest.
CREATE TEMP TABLE named AS
SELECT k.n, id
FROM (
    SELECT caller AS id FROM staged WHERE problem IS NULL
    UNION
    SELECT callee FROM staged WHERE problem IS NULL
)
LEFT JOIN events.ids AS k USING (id);

CREATE TEMP TABLE ends AS
SELECT n, id FROM named WHERE n IS NOT NULL
UNION ALL
SELECT CAST((SELECT coalesce(max(n) + 1, 0) FROM events.ids) + row_number() OVER () - 1 AS UINTEGER), id FROM named WHERE n IS NULL;

INSERT INTO events.ids
SELECT n, id FROM ends WHERE n >= (SELECT coalesce(max(n) + 1, 0) FROM events.ids);

DROP TABLE named
