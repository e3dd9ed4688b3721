-- As repeats.sql, where all good rows are plain.
UPDATE staged SET problem = 'duplicate|the same as an earlier row of the file'
FROM twins
WHERE staged.rowid = {{.Base}} + twins.ord
