package loaders

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kith/graph/duckstore"
)

// Rows that another file brought are duplicates, whatever its shape.
func TestDuplicatesAcrossFiles(t *testing.T) {
	st, _ := newStore(t)
	mustLoad(t, st, Options{Kind: Calls, Files: []string{write(t, "a.csv", "caller,callee,at,seconds\na,b,2024-01-01T00:00:00Z,5\nb,c,2024-01-02T00:00:00Z,5\n")}})
	r := mustLoad(t, st, Options{Kind: Calls, Files: []string{write(t, "b.tsv", "duration\tto\tfrom\twhen\n5.0\tb\ta\t1704067200\n6\tb\ta\t1704067200\n6\tb\ta\t1704067200\n")}})
	if r.Accepted != 1 || r.Duplicates != 2 {
		t.Errorf("%+v", r)
	}
	timeless := Options{Kind: Calls, Files: []string{write(t, "c.csv", "caller,callee\na,b\na,c\n")}}
	if r := mustLoad(t, st, timeless); r.Accepted != 2 {
		t.Errorf("rows without a time are equal to none with one: %+v", r)
	}
	timeless.Files = []string{write(t, "d.csv", "callee,caller\nb,a\nd,a\n")}
	if r := mustLoad(t, st, timeless); r.Accepted != 1 || r.Duplicates != 1 {
		t.Errorf("%+v", r)
	}
	// Two lines of one receipt that differ in the basket only are two.
	lines := "customer,product,basket,at\nc,p,1,2024-01-01\nc,p,2,2024-01-01\nc,p,2,2024-01-01\n"
	if r := mustLoad(t, st, Options{Kind: Purchases, Files: []string{write(t, "e.csv", lines)}}); r.Accepted != 2 || r.Duplicates != 1 {
		t.Errorf("%+v", r)
	}
	if r := mustLoad(t, st, Options{Kind: Purchases, Files: []string{write(t, "f.csv", lines+"c,p,3,2024-01-01\n")}}); r.Accepted != 1 || r.Duplicates != 3 {
		t.Errorf("%+v", r)
	}
}

// drawCalls draws rows of calls with repeats and faults.
func drawCalls(t *rapid.T) []string {
	id := rapid.SampledFrom([]string{"a", "b", "c", "+1", "01", "é,x", ""})
	row := rapid.Custom(func(t *rapid.T) string {
		return fmt.Sprintf("\"%s\",\"%s\",%s,%s", id.Draw(t, "caller"), id.Draw(t, "callee"),
			rapid.SampledFrom([]string{"2024-01-01", "2024-01-01T00:00:00Z", "1704067200", "2024-02-30", ""}).Draw(t, "at"),
			rapid.SampledFrom([]string{"1", "1.0", "-1", "-2", "nan", ""}).Draw(t, "seconds"))
	})
	return rapid.SliceOfN(row, 1, 30).Draw(t, "rows")
}

// What is stored is a set: it does not depend on the order of the rows, nor on
// how they are cut into files; and every row is counted once.
func TestLoadLaws(t *testing.T) {
	fewerChecks(t, 15)
	st, _ := newStore(t)
	dir := t.TempDir()
	const header = "caller,callee,at,seconds\n"
	n := 0
	load := func(t *rapid.T, rows ...[]string) (stored []string, accepted, rejected int64) {
		if err := st.Update(context.Background(), clear); err != nil {
			t.Fatal(err)
		}
		for _, part := range rows {
			n++
			path := filepath.Join(dir, fmt.Sprintf("%d.csv", n))
			if err := os.WriteFile(path, []byte(header+strings.Join(part, "\n")+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			receipts, err := Load(context.Background(), st, Options{Kind: Calls, Files: []string{path}})
			if err != nil && !errors.As(err, new(*AllRejectedError)) {
				t.Fatal(err)
			}
			if len(receipts) != 1 {
				t.Fatal("a receipt is missing")
			}
			r := receipts[0]
			if r.Rows != int64(len(part)) || r.Rows != r.Accepted+r.Duplicates+r.Rejected {
				t.Fatalf("%d rows came out as %+v", len(part), r)
			}
			if !r.Again { // or both parts are the same, and the receipt is that of the first
				accepted += r.Accepted
			}
			rejected += r.Rejected
		}
		return tableOf(t, st), accepted, rejected
	}
	rapid.Check(t, func(t *rapid.T) {
		rows := drawCalls(t)
		stored, accepted, rejected := load(t, rows)
		if int64(len(stored)) != accepted {
			t.Fatalf("%d rows are stored, %d were accepted", len(stored), accepted)
		}
		shuffled := rapid.Permutation(rows).Draw(t, "shuffled")
		other, _, again := load(t, shuffled)
		if diff := cmp.Diff(stored, other); diff != "" || rejected != again {
			t.Fatalf("in another order: %s", diff)
		}
		if len(rows) > 1 {
			cut := rapid.IntRange(1, len(rows)-1).Draw(t, "cut")
			other, sum, again := load(t, rows[:cut], rows[cut:])
			if diff := cmp.Diff(stored, other); diff != "" || rejected != again || sum != accepted {
				t.Fatalf("in two files: %s", diff)
			}
		}
	})
}

func tableOf(t *rapid.T, st *duckstore.Store) []string {
	rows, err := st.DB().QueryContext(context.Background(), "SELECT concat_ws('|', caller, callee, time, kind, seconds, answered) FROM events.calls")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	out := []string{}
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}
