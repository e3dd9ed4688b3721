-- The rejects of import $1 behind line $2: $3 rows, and more of the last line
-- so that no line is cut in two.
SELECT line, col, reason, row
FROM events.rejects
WHERE import_id = $1 AND line > $2
QUALIFY rank() OVER (ORDER BY line) <= $3
ORDER BY line, col, reason
