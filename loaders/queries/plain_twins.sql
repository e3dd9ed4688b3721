-- The plain rows that are the same as an earlier one: the reader knows which
-- fingerprints more than one row has.
CREATE TEMP TABLE twins AS
SELECT ord
FROM (
    SELECT file_row_number AS ord,
        row_number() OVER (PARTITION BY caller, callee, time, length ORDER BY file_row_number) AS n
    FROM read_parquet({{.File}}, file_row_number = true)
    WHERE length <> {{.OddLength}} AND print IN (SELECT print FROM read_parquet({{.Prints}}))
)
WHERE n > 1
