-- Marks every good row that is equal to an earlier one of the file.
UPDATE staged SET problem = 'duplicate|the same as an earlier row of the file'
FROM (
    SELECT ord FROM (
        SELECT rowid AS ord, row_number() OVER (PARTITION BY {{.Columns}}{{if eq .Table "call_rows"}}, received{{end}} ORDER BY rowid) AS n
        FROM staged
        WHERE problem IS NULL AND hash({{.Telling}}) IN (SELECT h FROM suspects)
    )
    WHERE n > 1
) AS repeats
WHERE staged.rowid = repeats.ord
