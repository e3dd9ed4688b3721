-- The first good rows as they would be stored, as texts.
SELECT CAST(COLUMNS(*) AS VARCHAR) FROM (SELECT {{.Columns}} FROM staged WHERE {{if .Aside}}coalesce(problem, 'aside') = 'aside'{{else}}problem IS NULL{{end}} ORDER BY rowid LIMIT {{.Rows}})
