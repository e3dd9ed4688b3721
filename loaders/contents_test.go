package loaders

import (
	"strings"
	"testing"

	"kith/graph"
	"kith/graph/duckstore"
)

func mustUpdate(t *testing.T, st *duckstore.Store, query string) {
	t.Helper()
	if _, err := st.DB().ExecContext(t.Context(), query); err != nil {
		t.Fatal(err)
	}
}

// contents are all rows of the tables of a kind, without the imports they are of, and
// the ids that are known.
func contents(t *testing.T, st *duckstore.Store, kind Kind) (rows []string) {
	t.Helper()
	queries := []string{"SELECT COLUMNS(c -> c NOT IN ('import_id', 'carried')) FROM events." + string(kind)}
	switch kind {
	case Calls:
		queries = []string{
			"SELECT f.id, e.id, c.* EXCLUDE (row, what, caller, callee, import_id) FROM events.call_rows AS c JOIN events.ids AS f ON f.n = c.caller JOIN events.ids AS e ON e.n = c.callee",
			"SELECT 'twin', f.id, e.id, c.* EXCLUDE (caller, callee, import_id) FROM events.call_twins AS c JOIN events.ids AS f ON f.n = c.caller JOIN events.ids AS e ON e.n = c.callee",
			"SELECT * EXCLUDE (import_id) FROM events.usage",
			"SELECT 'end', id FROM events.ids",
		}
	case Purchases:
		queries = append(queries, "SELECT 'void', * EXCLUDE (import_id) FROM events.void_purchases", "SELECT DISTINCT * EXCLUDE (import_id) FROM events.order_states WHERE void")
	case Customers, Products:
	}
	queries = append(queries, "SELECT what, id FROM events.known",
		"SELECT DISTINCT 'reject', parse_filename(i.file), r.line, r.row FROM events.rejects AS r JOIN events.imports AS i ON i.id = r.import_id WHERE kind = '"+string(kind)+"'")
	for _, q := range queries {
		rows = append(rows, texts(t, st, "SELECT CAST(COLUMNS(*) AS VARCHAR) FROM ("+q+") ORDER BY ALL")...)
	}
	return rows
}

// texts are the rows of a query whose columns are texts.
func texts(t *testing.T, st *duckstore.Store, query string) (rows []string) {
	t.Helper()
	list, err := st.DB().QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer list.Close()
	columns, _ := list.Columns()
	for list.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(*string)
		}
		if err := list.Scan(values...); err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for _, v := range values {
			if text := *v.(**string); text != nil {
				b.WriteString(*text)
			}
			b.WriteString("|")
		}
		rows = append(rows, b.String())
	}
	if err := list.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}

// emptied takes everything back, after which no table of events has a row.
func emptied(t *testing.T, st *duckstore.Store) {
	t.Helper()
	all, err := Receipts(t.Context(), st)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		if _, err := Undo(t.Context(), st, r.ID, false); err != nil {
			t.Fatal(err)
		}
	}
	for _, table := range texts(t, st, "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'events' AND table_name NOT IN ('imports', 'repeated')") {
		if left := texts(t, st, "SELECT CAST(count(*) AS VARCHAR) FROM events."+ident(strings.TrimSuffix(table, "|"))); left[0] != "0|" {
			t.Errorf("with everything taken back events.%s has %s rows", table, left[0])
		}
	}
}

func inputOf(t *testing.T, st *duckstore.Store) string {
	t.Helper()
	text, err := st.Fingerprint(t.Context(), graph.Window{})
	if err != nil {
		t.Fatal(err)
	}
	return text
}
