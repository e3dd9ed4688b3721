package loaders

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Data sessions that are posted need no callee, and are held to the rules of
// those of files.
func TestPostedUsage(t *testing.T) {
	s, st := newStream(t, StreamOptions{})
	r := mustPost(t, s, "a", `{"calls": [
		{"caller": "a", "at": 1772442900, "kind": "data", "seconds": 60, "bytes": 1500},
		{"caller": "a", "callee": null, "at": 1772442900, "kind": "data", "seconds": 60, "bytes": "1500"},
		{"caller": "a", "callee": "b", "at": 1772442900, "seconds": 60},
		{"caller": "a", "at": 1772442900},
		{"caller": "a", "at": 1772442900, "kind": "data", "bytes": -1}]}`)
	want := Posted{Rows: 5, Accepted: 2, Duplicates: 1, Rejected: 2, Imports: []int64{1}, Rejects: []PostedReject{
		{"calls", 3, "callee", "callee is empty"}, {"calls", 4, "bytes", "bytes is negative"}}}
	if d := cmp.Diff(want, r); d != "" {
		t.Error(d)
	}
	hash := table(t, st, "SELECT hash, accepted FROM events.imports")
	if r := mustPost(t, s, "b", `{"calls": [{"caller": "a", "at": 1772442900, "kind": "data", "seconds": 60, "bytes": 1500}]}`); r.Duplicates != 1 {
		t.Errorf("the same session again: %+v", r)
	}
	if d := cmp.Diff(hash, table(t, st, "SELECT hash, accepted FROM events.imports")); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"a 2026-03-02 09:15:00 60 1500 1"}, table(t, st, "SELECT * FROM events.usage")); d != "" {
		t.Error(d)
	}
	mustPost(t, s, "c", `{"calls": [{"caller": "a", "at": 1772442901, "kind": "data"}]}`)
	if d := cmp.Diff(hash, table(t, st, "SELECT hash, accepted FROM events.imports")); d == "" {
		t.Error("a new session is not in the hash")
	}
}

// A data session of somebody unknown is refused where that is wanted, as a call of
// two strangers is.
func TestUsageOfStrangers(t *testing.T) {
	st, _ := newStore(t)
	if _, err := Load(t.Context(), st, Options{Kind: Customers, Files: []string{write(t, "crm.csv", "id,name\na,Ann\n")}}); err != nil {
		t.Fatal(err)
	}
	calls := write(t, "calls.csv", "caller,callee,at,kind\na,,2026-01-01,data\nb,,2026-01-01,data\nb,a,2026-01-01,voice\nb,c,2026-01-01,voice\n")
	receipts, err := Load(t.Context(), st, Options{Kind: Calls, Files: []string{calls}, RefuseCustomers: true})
	if err != nil || receipts[0].Accepted != 2 || receipts[0].Rejected != 2 {
		t.Errorf("%+v, %v", receipts, err)
	}
	if d := cmp.Diff([]string{"a"}, table(t, st, "SELECT customer FROM events.usage")); d != "" {
		t.Error(d)
	}
}
