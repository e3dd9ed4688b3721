-- The rows with a problem, by their number from 0.
SELECT rowid - {{.Base}}, problem FROM staged WHERE problem <> 'aside' ORDER BY rowid
