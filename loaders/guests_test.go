package loaders

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The e-mail address of a guest is hashed like the id of a customer, and kept out where
// the store has hashed ids only.
func TestGuestsAreHashed(t *testing.T) {
	st, _ := newStore(t)
	salt, err := NewSalt("0123456789abcdef0123456789abcdef")
	if err != nil {
		t.Fatal(err)
	}
	orders := "customer_id,customer_email,sku,at\n7,ann@post.example,M-1,2026-01-05\n0,bob@post.example,M-1,2026-01-05\n"
	mustLoad(t, st, Options{Kind: Purchases, Files: []string{write(t, "a.csv", orders)}, HashIDs: true, Salt: salt})
	want := []string{salt.hash("7"), salt.hash("bob@post.example")}
	if diff := cmp.Diff(want, table(t, st, "SELECT customer FROM events.purchases ORDER BY rowid")); diff != "" {
		t.Error(diff)
	}
	o := Options{Kind: Purchases, Files: []string{write(t, "b.csv", orders+"0,cid@post.example,M-1,2026-01-06\n")}, Changes: Changes{"customer": {{Verb: changeHash}}}, Salt: salt}
	if r := mustLoad(t, st, o); r.Accepted != 0 || r.Duplicates != 1 || r.Rejected != 2 || r.Reasons[0].Reason != "customer is not hashed, as the ids of earlier imports are" {
		t.Errorf("%+v", r)
	}
}
