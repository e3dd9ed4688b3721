package duckstore

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"kith/graph"
)

// realData is a file of the folder of real data that stands beside the
// repository; where it is missing the test is left out, unless KITH_REQUIRE_DATA
// says that it must be there.
func realData(t *testing.T, name string) string {
	t.Helper()
	root, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			break
		}
		if root == filepath.Dir(root) {
			t.Fatal("no go.mod above the test")
		}
		root = filepath.Dir(root)
	}
	path := filepath.Join(filepath.Dir(root), "shared", "data", name)
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("KITH_REQUIRE_DATA") == "1" {
			t.Fatalf("real data is missing: %v", err)
		}
		t.Skipf("left out: sums of real calls, as %s is not there", path)
	}
	return path
}

// TestRealMessages counts ties of a published network of messages: 1,899
// people, 59,835 messages, 20,296 distinct ordered pairs (Panzarasa, Opsahl and
// Carley 2009, doi:10.1002/asi.21015).
func TestRealMessages(t *testing.T) {
	path := realData(t, filepath.Join("collegemsg", "CollegeMsg.txt"))
	s := openNew(t)
	mustExec(t, s, fmt.Sprintf(`INSERT INTO events.calls (caller, callee, time, kind, seconds, answered, import_id)
		SELECT column0, column1, make_timestamp(column2 * 1000000), 'message', 0, true, 1
		FROM read_csv('%s', delim = ' ', header = false, columns = {'column0': 'VARCHAR', 'column1': 'VARCHAR', 'column2': 'BIGINT'})`, path))
	if err := s.Sync(t.Context(), s.Source(graph.Window{}), nil); err != nil {
		t.Fatal(err)
	}
	n, err := s.Read(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if n.Customers.Len() != 1899 || n.Calls.Arcs() != 20296 {
		t.Errorf("%d people and %d ties, want 1899 and 20296", n.Customers.Len(), n.Calls.Arcs())
	}
	var messages, weight int64
	for _, tie := range storedTies(t, s, graph.Called) {
		messages += tie.Messages
		if tie.Count != tie.Messages || tie.Weight > float64(tie.Count) || tie.Weight < 1 {
			t.Fatalf("%+v", tie)
		}
		weight += int64(tie.Weight)
	}
	if messages != 59835 {
		t.Errorf("%d messages, want 59835", messages)
	}
	if weight >= messages || weight <= 20296 {
		t.Errorf("%d periods with contact for %d messages", weight, messages)
	}
}
