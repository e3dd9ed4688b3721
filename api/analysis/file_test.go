package analysis

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"kith/graph"
	"kith/influence"
)

// sample is a small Result with something in every sort of column.
func sample() *Result {
	return &Result{
		Run: Run{
			Run:        graph.Run{At: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), Seed: 7, Version: "test", Quality: map[string]float64{"modularity": .5}},
			Inputs:     []Input{{Kind: "calls", File: "calls.csv", Hash: "ab", Rows: 3}},
			Parameters: []Parameter{{"max community", "150"}},
		},
		Customers:  graph.NamesOf([]string{"", "a,b", "ö\x00"}),
		Attributes: graph.NamesOf([]string{"{}", "", `{"x":1}`}),
		Products:   graph.NamesOf([]string{"p"}),
		Catalogue:  []graph.Product{{ID: "p", Name: "Pear", Price: 1.25}},
		Levels:     []Level{{Of: []uint32{0, 0, None}, IDs: graph.NamesOf([]string{"c0-0"}), Size: []uint32{2}, Members: []uint32{0, 1}, MemberOffsets: []uint64{0, 2}}},
		Role:       []Role{influence.Leading, influence.Follower, influence.Isolate},
		Core:       []bool{true, false, false},
		Risk:       []float64{.25, 0, .5},
		Calls:      &graph.Graph{Offsets: []uint64{0, 1, 1, 1}, Targets: []uint32{1}, Weights: []float32{2.5}, Cols: 3},
	}
}

func identify(t *testing.T, r *Result) {
	t.Helper()
	var err error
	if r.Run.ID, err = r.Identity(); err != nil {
		t.Fatal(err)
	}
}

func saved(t *testing.T) (dir string, r *Result) {
	t.Helper()
	r = sample()
	identify(t, r)
	dir = t.TempDir()
	if err := Save(dir, r); err != nil {
		t.Fatal(err)
	}
	return dir, r
}

func TestResultComesBackWhole(t *testing.T) {
	dir, want := saved(t)
	got, err := Open(dir, want.Run.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(graph.Names{}), cmpopts.IgnoreUnexported(Result{})); diff != "" {
		t.Errorf("after a round trip (-want +got):\n%s", diff)
	}
}

func TestIdentityIsOfTheContent(t *testing.T) {
	_, a := saved(t)
	b := sample()
	b.Run.At = b.Run.At.Add(time.Hour)
	b.Run.Version = "another build"
	b.Run.Inputs[0].File = "renamed.csv"
	b.Run.Inputs[0].Rows++ // it was loaded before another with rows of its own
	identify(t, b)
	if a.Run.ID != b.Run.ID {
		t.Errorf("another hour, build and file name gave %s instead of %s", b.Run.ID, a.Run.ID)
	}
	changes := map[string]func(*Result){
		"risk":      func(r *Result) { r.Risk[0] += 1e-12 },
		"seed":      func(r *Result) { r.Run.Seed++ },
		"input":     func(r *Result) { r.Run.Inputs[0].Hash = "ac" },
		"a name":    func(r *Result) { r.Customers = graph.NamesOf([]string{"", "a,c", "ö\x00"}) },
		"an arc":    func(r *Result) { r.Calls.Targets[0] = 2 },
		"a level":   func(r *Result) { r.Levels = append(r.Levels, Level{}) },
		"no calls":  func(r *Result) { r.Calls = nil },
		"a product": func(r *Result) { r.Catalogue[0].Name = "Plum" },
	}
	for name, change := range changes {
		r := sample()
		change(r)
		identify(t, r)
		if r.Run.ID == a.Run.ID {
			t.Errorf("changing %s did not change the identity", name)
		}
	}
}

func TestDamagedFilesAreRefused(t *testing.T) {
	dir, r := saved(t)
	path := filepath.Join(dir, r.Run.ID+suffix)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	check := func(what string, data []byte) {
		t.Helper()
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir, r.Run.ID); err == nil {
			t.Fatalf("%s was opened", what)
		}
	}
	for n := range whole {
		check("a file cut short", whole[:n])
		flipped := append([]byte(nil), whole...)
		flipped[n] ^= 0x10
		if err := os.WriteFile(path, flipped, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := Open(dir, r.Run.ID)
		if err == nil && cmp.Equal(got, r, cmp.AllowUnexported(graph.Names{})) {
			t.Fatalf("a flipped bit at byte %d of %d went unseen", n, len(whole))
		}
		if err == nil {
			t.Fatalf("a flipped bit at byte %d of %d was opened as another result", n, len(whole))
		}
	}
	newer := append([]byte(strings.Replace(magic, "1", "9", 1)), whole[len(magic):]...)
	if err := os.WriteFile(path, newer, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, r.Run.ID); !errors.Is(err, graph.ErrNewer) {
		t.Errorf("a result of a later format gave %v", err)
	}
}

func TestMissingResultSaysWhatToDo(t *testing.T) {
	_, err := Open(t.TempDir(), "abc")
	if !errors.Is(err, graph.ErrNoRun) || !strings.Contains(err.Error(), "kith analyze") {
		t.Errorf("got %v", err)
	}
}

func TestPruneKeepsWhatIsNamed(t *testing.T) {
	dir, r := saved(t)
	for _, name := range []string{"old" + suffix, "writing-123", "notes.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := Prune(dir, r.Run.ID); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, e := range entries {
		left = append(left, e.Name())
	}
	if diff := cmp.Diff([]string{r.Run.ID + suffix, "notes.txt"}, left); diff != "" {
		t.Errorf("left after Prune (-want +got):\n%s", diff)
	}
}
