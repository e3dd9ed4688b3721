{{- /* The rows of a Parquet file that are not plain, in the order of the file. */ -}}
(
    SELECT * EXCLUDE (file_row_number)
    FROM read_parquet({{.Source}}, binary_as_string = true, hive_partitioning = false, file_row_number = true)
    WHERE file_row_number IN (SELECT file_row_number FROM read_parquet({{.File}}, file_row_number = true) WHERE length = {{.OddLength}})
    ORDER BY file_row_number
)
