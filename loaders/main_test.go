package loaders

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/duckdb/duckdb-go/v2"

	"kith/graph/duckstore"
)

// memoryDB is a database that is like the store's, but empty.
func memoryDB(t testing.TB) *sql.Conn {
	t.Helper()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	conn, err := db.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if _, err := conn.ExecContext(context.Background(), "SET TimeZone = 'UTC'"); err != nil {
		t.Fatal(err)
	}
	return conn
}

// empty is the file of an empty store.
var empty = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "kith-empty-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	st, err := duckstore.Open(context.Background(), dir, duckstore.Options{Create: true})
	if err != nil {
		return nil, err
	}
	if err := st.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, "kith.duckdb"))
})

// newStore is an empty store in a folder of its own. It is a copy, as making one
// takes several times as long as opening it.
func newStore(t testing.TB) (*duckstore.Store, string) {
	t.Helper()
	file, err := empty()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "kith.duckdb"), file, 0o600); err != nil {
		t.Fatal(err)
	}
	st, err := duckstore.Open(context.Background(), dir, duckstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	return st, dir
}

// write makes a file in a folder that goes away with the test.
func write(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// storedCalls is events.calls in the order of storing, which a view does not have.
const storedCalls = `(
	SELECT f.id AS caller, t.id AS callee, time, kind, seconds, answered, import_id
	FROM events.call_rows AS c JOIN events.ids AS f ON f.n = c.caller JOIN events.ids AS t ON t.n = c.callee
	ORDER BY c.row
)`

// table reads the result of a query as one line of text for each row.
func table(t testing.TB, st *duckstore.Store, query string) []string {
	t.Helper()
	rows, err := st.DB().QueryContext(context.Background(), "SELECT CAST(COLUMNS(*) AS VARCHAR) FROM ("+query+")")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for rows.Next() {
		fields := make([]sql.NullString, len(columns))
		to := make([]any, len(columns))
		for i := range fields {
			to[i] = &fields[i]
		}
		if err := rows.Scan(to...); err != nil {
			t.Fatal(err)
		}
		texts := make([]string, len(fields))
		for i, f := range fields {
			texts[i] = f.String
			if !f.Valid {
				texts[i] = "-"
			}
		}
		out = append(out, strings.Join(texts, " "))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// count is the single number that a query gives.
func count(t testing.TB, st *duckstore.Store, query string, args ...any) int64 {
	t.Helper()
	var n int64
	if err := st.DB().QueryRowContext(context.Background(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// clear empties the tables that a load of calls, purchases or visits writes to.
func clear(ctx context.Context, conn *sql.Conn) error {
	for _, table := range []string{"packed_calls", "call_twins", "usage", "ids", "purchases", "visits", "imports", "rejects", "known"} {
		if _, err := conn.ExecContext(ctx, "DELETE FROM events."+table); err != nil {
			return err
		}
	}
	return nil
}

// fewerChecks lowers how often rapid draws in this test, whose every draw takes
// several loads, unless the command line asks for another number.
func fewerChecks(t testing.TB, n int) {
	f := flag.Lookup("rapid.checks")
	if f.Value.String() != f.DefValue {
		return
	}
	if err := flag.Set(f.Name, strconv.Itoa(n)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = flag.Set(f.Name, f.DefValue) })
}

// mentionsDuckDB says whether an error is one that DuckDB made, which only a
// Parquet file may bring about.
func mentionsDuckDB(err error) bool {
	var d *duckdb.Error
	return errors.As(err, &d)
}
