package loaders

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"kith/graph/duckstore"
)

// ways are two stores, into which files go by the two ways.
type ways struct {
	stores [2]*duckstore.Store
	dirs   [2]string
}

func newWays(t testing.TB) *ways {
	w := &ways{}
	for i := range w.stores {
		w.stores[i], w.dirs[i] = newStore(t)
	}
	return w
}

// load loads a file both ways and compares what came of it.
func (w *ways) load(t testing.TB, o Options) {
	t.Helper()
	var got [2][]Receipt
	var said [2]string
	for i, st := range w.stores {
		o.ordinary = i == 1
		receipts, err := Load(context.Background(), st, o)
		if err != nil {
			said[i] = strings.ReplaceAll(err.Error(), w.dirs[i], "DIR")
			if mentionsDuckDB(err) {
				t.Fatal(err)
			}
		}
		for j := range receipts {
			receipts[j].RejectsFile = ""
		}
		got[i] = receipts
	}
	if said[0] != said[1] {
		t.Fatalf("%v: one way says %q, the other %q", o.Files, said[0], said[1])
	}
	if diff := cmp.Diff(got[1], got[0], cmpopts.IgnoreFields(Receipt{}, "At", "Seconds", "RowsPerSecond")); diff != "" {
		t.Fatalf("%v: %s", o.Files, diff)
	}
}

// same compares what is in both stores.
func (w *ways) same(t testing.TB) {
	t.Helper()
	for _, query := range []string{
		"SELECT f.id AS caller, t.id AS callee, c.* EXCLUDE (row, caller, callee) FROM events.call_rows AS c JOIN events.ids AS f ON f.n = c.caller JOIN events.ids AS t ON t.n = c.callee ORDER BY c.row",
		"SELECT f.id AS caller, t.id AS callee, c.* EXCLUDE (caller, callee) FROM events.call_twins AS c JOIN events.ids AS f ON f.n = c.caller JOIN events.ids AS t ON t.n = c.callee ORDER BY ALL",
		"SELECT * FROM events.usage ORDER BY ALL",
		"SELECT * FROM events.rejects ORDER BY ALL",
		"SELECT * FROM events.known ORDER BY ALL",
		"SELECT id FROM events.ids ORDER BY id",
	} {
		if diff := cmp.Diff(table(t, w.stores[1], query), table(t, w.stores[0], query)); diff != "" {
			t.Fatalf("%s: %s", query, diff)
		}
	}
	for _, st := range w.stores {
		if n := count(t, st, "SELECT count(*) - count(DISTINCT n) + count(*) - count(DISTINCT id) FROM events.ids"); n != 0 {
			t.Fatalf("%d ids or numbers stand twice", n)
		}
	}
}

// empty takes everything out of both stores.
func (w *ways) empty(t testing.TB) {
	t.Helper()
	for _, st := range w.stores {
		if err := st.Update(context.Background(), clear); err != nil {
			t.Fatal(err)
		}
	}
}

// loadOne loads a file of calls and returns what the load knew.
func loadOne(t *testing.T, st *duckstore.Store, dir, path string) (*loading, error) {
	l := &loading{o: &Options{Kind: Calls, Files: []string{path}, Dates: DayFirst, RejectsDir: filepath.Join(dir, "rejects")}, st: st, dir: dir}
	err := l.load(t.Context(), path)
	l.tidy()
	return l, err
}
