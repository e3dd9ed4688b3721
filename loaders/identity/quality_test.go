package identity_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kith/loaders/identity"
)

var update = flag.Bool("update", false, "rewrite testdata/quality.txt")

// TestQuality holds the figures on real sets, and on people made up to be as
// trying as families are, to a golden file. What Splink 5.0.0 reaches on the same
// records is from peers/identity_peers.py, whose numbers stand in the file as they
// were measured; the people are those of go run ./loaders/identity/peers -n 2500 -write.
func TestQuality(t *testing.T) {
	var b strings.Builder
	fmt.Fprintf(&b, "%-16s %-12s %8s %8s %9s %7s %7s %7s %7s\n", "set", "model", "records", "pairs", "reachable", "review", "prec.", "recall", "F1")
	for _, c := range []struct {
		set    set
		least  float64
		models int
		peer   string
	}{
		{febrl(t, "dataset1"), .99, 1, "1.0000 at .95, 1.0000 at the best threshold"},
		{febrl(t, "dataset2"), .99, 1, "0.9979 at .95, 0.9982 at the best threshold"},
		{rldata(t), .95, 1, "0.9583 at .95, 0.9796 at the best threshold"},
		{fake1000(t), .95, 1, "0.8850 at .95, 0.9542 at the best threshold"},
		{madeUp(2500, 1), .95, 2, "0.7692 at .95, 0.9363 at the best threshold"},
	} {
		person := func(id string) string { return c.set.person[id] }
		reached, err := identity.Reached(t.Context(), c.set.records, "GB", person)
		if err != nil {
			t.Fatal(err)
		}
		// Where nobody lives together the plain model finds the same.
		for _, independent := range []bool{false, true}[:c.models] {
			r := c.set.resolve(t, identity.Options{Independent: independent})
			q := r.Evaluate(person)
			name := "doubles"
			if independent {
				name = "independent"
			} else if q.F1 < c.least {
				t.Errorf("%s: F1 is %.4f; want at least %.2f", c.set.name, q.F1, c.least)
			}
			pairs := int64(0)
			for _, rule := range r.Rules {
				pairs += rule.New
			}
			fmt.Fprintf(&b, "%-16s %-12s %8d %8d %9.4f %7d %7.4f %7.4f %7.4f\n", c.set.name, name, r.IDs.Len(), pairs, float64(reached)/float64(q.True), reviews(r), q.Precision, q.Recall, q.F1)
		}
		fmt.Fprintf(&b, "%-16s Splink 5.0.0: F1 %s\n", c.set.name, c.peer)
	}
	golden(t, "quality.txt", b.String())
}

// reviews counts the links between different people.
func reviews(r *identity.Result) (n int) {
	for i, a := range r.Links.A {
		if r.Of[a] != r.Of[r.Links.B[i]] {
			n++
		}
	}
	return n
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs; read the difference, then run with -update (-want +got):\n%s", path, diff)
	}
}
