-- The rows whose fingerprint another has: the reader knows the fingerprints.
CREATE TEMP TABLE suspects AS
SELECT {{.Base}} + file_row_number AS ord
FROM read_parquet({{.File}}, file_row_number = true)
WHERE code <> {{.OddCode}} AND print IN (SELECT print FROM read_parquet({{.Prints}}))
