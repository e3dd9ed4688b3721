-- Rejects the rows of a Parquet file in which a text that is read is not UTF-8,
-- whatever else is wrong with them.
UPDATE staged SET problem = wild.problem
FROM (
    SELECT row_number() OVER () - 1 AS ord,
        CASE
            {{- range .Texts}}
            WHEN {{.Bytes}} IS NOT NULL AND TRY(decode({{.Bytes}})) IS NULL THEN {{.Problem}}
            {{- end}}
        END AS problem
    FROM {{.Source}}
) AS wild
WHERE wild.problem IS NOT NULL AND staged.rowid = {{.Base}} + wild.ord
