-- The first good rows as they would be stored, as texts.
SELECT CAST(COLUMNS(*) AS VARCHAR) FROM (SELECT {{.Columns}} FROM staged WHERE coalesce(problem, 'usage') = 'usage' ORDER BY rowid LIMIT {{.Rows}})
