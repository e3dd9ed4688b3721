package loaders

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kith/graph"
	"kith/graph/duckstore"
)

func mustLoad(t testing.TB, st *duckstore.Store, o Options) Receipt {
	t.Helper()
	receipts, err := Load(context.Background(), st, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range receipts {
		if r.Rows != r.Accepted+r.Duplicates+r.Rejected {
			t.Errorf("%s: %d rows are not %d + %d + %d", r.File, r.Rows, r.Accepted, r.Duplicates, r.Rejected)
		}
	}
	return receipts[len(receipts)-1]
}

func TestReceipts(t *testing.T) {
	st, _ := newStore(t)
	if all, err := Receipts(t.Context(), st); err != nil || len(all) != 0 {
		t.Fatal(all, err)
	}
	calls := write(t, "calls.csv", "caller,callee,at,seconds\na,b,2024-01-01,5\na,b,2024-01-01,5\na,a,2024-01-01,5\nb,b,2024-01-01,5\na,,2024-01-01,5\n")
	products := write(t, "products.csv", "id,name\np,tea\n")
	first := mustLoad(t, st, Options{Kind: Calls, Files: []string{calls}})
	second := mustLoad(t, st, Options{Kind: Products, Files: []string{products}})
	wantReasons := []Reason{{"caller and callee are the same", 2}, {"callee is empty", 1}}
	if diff := cmp.Diff(wantReasons, first.Reasons); diff != "" {
		t.Error(diff)
	}
	all, err := Receipts(t.Context(), st)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Receipt{first, second}, all); diff != "" {
		t.Error(diff)
	}
	again := mustLoad(t, st, Options{Kind: Calls, Files: []string{calls}})
	want := first
	want.Again = true
	if diff := cmp.Diff(want, again); diff != "" {
		t.Error(diff)
	}
	if n := count(t, st, "SELECT count(*) FROM events.imports"); n != 2 {
		t.Errorf("%d imports", n)
	}
	text, err := json.Marshal(first)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"kind":"calls"`, `"rows":5`, `"accepted":1`, `"duplicates":1`, `"rejected":3`, `"again":false`, `"rejects_file":`,
		`"reasons":[{"reason":"caller and callee are the same","count":2}`, `"first":"2024-01-01T00:00:00Z"`, `"notes":[]`} {
		if !strings.Contains(string(text), part) {
			t.Errorf("%s is not in %s", part, text)
		}
	}
	// The store's own view of it.
	imports, err := st.Imports(t.Context())
	if err != nil || len(imports) != 2 || imports[0].Rows != 5 || imports[0].Hash != first.Hash {
		t.Errorf("%+v, %v", imports, err)
	}
}

func TestCancel(t *testing.T) {
	st, dir := newStore(t)
	var text strings.Builder
	text.WriteString("caller,callee,at\n\n") // the blank line asks for a clean copy
	for i := range 40_000 {
		fmt.Fprintf(&text, "%d,b,%d\n", i, 1_700_000_000+i)
	}
	path := write(t, "calls.csv", text.String())
	stages := map[string]bool{}
	for _, at := range []string{"reading", "storing"} {
		for _, quarter := range []int64{0, 1, 2, 3} {
			ctx, cancel := context.WithCancel(t.Context())
			o := Options{Kind: Calls, Files: []string{path}, Progress: func(stage string, done, total int64) {
				stages[stage] = true
				if done < 0 || done > total {
					t.Errorf("%s is at %d of %d", stage, done, total)
				}
				if strings.HasPrefix(stage, at) && done*4 >= total*quarter {
					cancel()
				}
			}}
			receipts, err := Load(ctx, st, o)
			cancel()
			if !errors.Is(err, context.Canceled) || len(receipts) != 0 {
				t.Errorf("%s, quarter %d: %v, %v", at, quarter, receipts, err)
			}
		}
	}
	if n := count(t, st, "SELECT (SELECT count(*) FROM events.calls) + (SELECT count(*) FROM events.imports)"); n != 0 {
		t.Errorf("%d rows are left", n)
	}
	for _, pattern := range []string{"tmp/load-*", "rejects/*"} {
		if left, _ := filepath.Glob(filepath.Join(dir, pattern)); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
	if len(stages) != 2 {
		t.Errorf("the stages were %v", stages)
	}
	if r := mustLoad(t, st, Options{Kind: Calls, Files: []string{path}}); r.Accepted != 40_000 {
		t.Errorf("%+v", r)
	}
}

// Several loads at once wait for each other and lose nothing.
func TestConcurrentLoads(t *testing.T) {
	st, dir := newStore(t)
	var wait sync.WaitGroup
	for i := range 6 {
		path := write(t, fmt.Sprintf("calls%d.csv", i), fmt.Sprintf("caller,callee\n%d,x\nx,y\nz,z\n", i))
		wait.Go(func() {
			r, err := Load(context.Background(), st, Options{Kind: Calls, Files: []string{path, path}})
			if err != nil || len(r) != 2 || !r[1].Again || r[0].ID != r[1].ID {
				t.Errorf("%+v, %v", r, err)
			}
		})
	}
	wait.Wait()
	if got := table(t, st, "SELECT (SELECT count(*) FROM events.calls), (SELECT count(*) FROM events.imports), (SELECT count(*) FROM events.rejects)"); got[0] != "7 6 6" {
		t.Error(got)
	}
	if files, _ := filepath.Glob(filepath.Join(dir, "rejects", "*")); len(files) != 6 {
		t.Errorf("%v", files)
	}
}

func TestReadOnlyStore(t *testing.T) {
	st, dir := newStore(t)
	path := write(t, "calls.csv", "caller,callee\na,b\n")
	mustLoad(t, st, Options{Kind: Calls, Files: []string{path}})
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	ro, err := duckstore.Open(t.Context(), dir, duckstore.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer ro.Close()
	if _, err := Load(t.Context(), ro, Options{Kind: Calls, Files: []string{path}}); err == nil || !strings.Contains(err.Error(), "open for reading only") {
		t.Error(err)
	}
	if all, err := Receipts(t.Context(), ro); err != nil || len(all) != 1 {
		t.Error(all, err)
	}
}

// A file that changes between the two passes is not loaded by half.
func TestFileThatChanges(t *testing.T) {
	st, _ := newStore(t)
	path := write(t, "calls.csv", "caller,callee\na,b\nc,d\n")
	o := Options{Kind: Calls, Files: []string{path}, ordinary: true, Progress: func(stage string, done, total int64) {
		if strings.HasPrefix(stage, "storing") && done == 0 {
			if err := os.WriteFile(path, []byte("caller,callee\na,b\nc,d\ne,f\n"), 0o600); err != nil {
				t.Error(err)
			}
		}
	}}
	_, err := Load(t.Context(), st, o)
	var data *graph.DataError
	if !errors.As(err, &data) || !strings.Contains(data.Reason, "two ways of reading it find 2 and 3 rows") {
		t.Error(err)
	}
	if n := count(t, st, "SELECT count(*) FROM events.calls"); n != 0 {
		t.Errorf("%d rows", n)
	}
	// What is read only once is what the hash is of.
	if err := os.WriteFile(path, []byte("caller,callee\na,b\nc,d\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	o.ordinary = false
	receipts, err := Load(t.Context(), st, o)
	if err != nil || receipts[0].Accepted != 2 || receipts[0].Hash != "f2eb1b997785a9ff35f317e48df54ceae71483deff82919310577b98219e7bde" {
		t.Errorf("%+v, %v", receipts, err)
	}
}

// Of files of several kinds those that describe people and things come first, so
// that the others find them.
func TestMixedKinds(t *testing.T) {
	st, _ := newStore(t)
	var files []string
	for _, f := range [][2]string{
		{"calls.csv", "caller,callee,start\nann,bob,2026-01-01\nann,x,2026-01-02\nx,y,2026-01-03\n"},
		{"customers.csv", "customer_id,name\nann,Ann\nbob,Bob\n"},
		{"orders.csv", "customer,product,quantity,price\nann,tea,1,2\nann,cup,1,2\n"},
		{"products.csv", "product_id,name,price\ntea,Tea,2\n"},
	} {
		files = append(files, write(t, f[0], f[1]))
	}
	receipts, err := Load(t.Context(), st, Options{Files: files, RefuseCustomers: true, RefuseProducts: true})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range receipts {
		got = append(got, fmt.Sprintf("%s %d %d", r.Kind, r.Accepted, r.Rejected))
	}
	if want := []string{"customers 2 0", "products 1 0", "calls 2 1", "purchases 1 1"}; !slices.Equal(got, want) {
		t.Errorf("loaded %q, want %q", got, want)
	}
}
