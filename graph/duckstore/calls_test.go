package duckstore

import "strings"

// numbered is a text of SQL that writes to events.calls as if that were a table:
// the rows go to one of texts first, which then get numbers as those of a file do.
func numbered(text string) string {
	if !strings.Contains(text, "events.calls") {
		return text
	}
	return `CREATE TEMP TABLE new_calls AS FROM events.calls LIMIT 0;` + strings.ReplaceAll(text, "events.calls", "temp.new_calls") + `
		;
		INSERT INTO events.ids
		SELECT (SELECT coalesce(max(n) + 1, 0) FROM events.ids) + row_number() OVER () - 1, id
		FROM (SELECT caller AS id FROM new_calls UNION SELECT callee FROM new_calls) ANTI JOIN events.ids USING (id);
		INSERT INTO events.call_rows
		SELECT f.n, t.n, time, kind, seconds, answered, import_id
		FROM (SELECT rowid AS row, * FROM new_calls) JOIN events.ids AS f ON f.id = caller JOIN events.ids AS t ON t.id = callee
		ORDER BY row;
		DROP TABLE new_calls`
}
