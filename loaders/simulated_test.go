package loaders_test

import (
	"path/filepath"
	"strings"
	"testing"

	"kith/graph/duckstore"
	"kith/loaders"
	"kith/loaders/simulate"
)

// TestSimulatedOperator loads what the simulator writes, with its duplicates and
// its dirty rows, of which its report knows the exact number.
func TestSimulatedOperator(t *testing.T) {
	files := filepath.Join(t.TempDir(), "files")
	report, err := simulate.Write(t.Context(), files, simulate.Options{Customers: 2000, Days: 30, Seed: 5, Contagion: true, Dirty: 0.02, Duplicates: 0.03})
	if err != nil {
		t.Fatal(err)
	}
	st, err := duckstore.Open(t.Context(), filepath.Join(t.TempDir(), "data"), duckstore.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	for _, f := range report.Files {
		kind, err := loaders.KindOf(strings.TrimSuffix(f.Name, ".csv"))
		if err != nil {
			t.Fatal(err)
		}
		receipts, err := loaders.Load(t.Context(), st, loaders.Options{Kind: kind, Files: []string{filepath.Join(files, f.Name)}})
		if err != nil {
			t.Fatal(err)
		}
		r := receipts[0]
		if r.Rows != f.Rows || r.Accepted != f.Good || r.Duplicates != f.Duplicates || r.Rejected != f.Dirty || r.Bytes != f.Bytes {
			t.Errorf("%s: the receipt says %d rows, %d accepted, %d duplicates, %d rejected in %d bytes (%v); the simulator wrote %+v",
				f.Name, r.Rows, r.Accepted, r.Duplicates, r.Rejected, r.Bytes, r.Reasons, f)
		}
		if kind == loaders.Calls || kind == loaders.Purchases || kind == loaders.Churn {
			if !r.First.Equal(f.First) || !r.Last.Equal(f.Last) {
				t.Errorf("%s: from %v to %v, want %v to %v", f.Name, r.First, r.Last, f.First, f.Last)
			}
		}
		if len(r.Notes) > 1 {
			t.Errorf("%s: %q", f.Name, r.Notes)
		}
	}
}
