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

// An access point is told before ids are hashed, and is in no table.
func TestAccessPointOfHashed(t *testing.T) {
	salt := testSalt(t)
	for _, file := range []string{
		"caller,callee,at,kind\n4917001,internet,2026-01-01,data\n4917001,Operator,2026-01-02,data\n4917001,4917002,2026-01-03,data\n",
		"msisdn,other,direction,at,kind\n4917001,internet,in,2026-01-01,data\n4917001,Operator,,2026-01-02,data\n4917001,4917002,out,2026-01-03,data\n",
	} {
		st, _ := newStore(t)
		mustLoad(t, st, Options{Kind: Calls, Files: []string{write(t, "calls.csv", file)}, HashIDs: true, Salt: salt})
		want := []string{salt.hash("4917001") + " 2026-01-01 00:00:00", salt.hash("4917001") + " 2026-01-02 00:00:00"}
		if d := cmp.Diff(want, table(t, st, "SELECT customer, time FROM events.usage ORDER BY time")); d != "" {
			t.Error(d)
		}
		if n := table(t, st, "SELECT count(*) FROM events.ids"); n[0] != "2" {
			t.Errorf("there are %s ids", n[0])
		}
	}
}
