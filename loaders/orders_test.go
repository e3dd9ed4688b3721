package loaders

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kith/graph/duckstore"
)

// Where ids are hashed, lines of cancelled orders leave none in plain, neither those that
// say so nor those that go with them.
func TestVoidLinesAreHashed(t *testing.T) {
	st, _ := newStore(t)
	salt, err := NewSalt("0123456789abcdef0123456789abcdef")
	if err != nil {
		t.Fatal(err)
	}
	const header = "order,status,customer,sku,at,qty,price\n"
	mustLoad(t, st, Options{Kind: Purchases, Files: []string{write(t, "a.csv", header+"1,cancelled,ann,tea,2026-03-01,1,5\n2,paid,bob,tea,2026-03-01,1,5\n")}, HashIDs: true, Salt: salt})
	states := "SELECT customer FROM events.order_states"
	if diff := cmp.Diff([]string{salt.hash("ann")}, table(t, st, states)); diff != "" {
		t.Error(diff)
	}
	rows := "3,cancelled,cid,tea,2026-03-01,1,5\n3,,cid,cup,2026-03-01,1,5\n4,paid,dan,tea,2026-03-01,1,5\n5,cancelled," + salt.hash("bob") + ",tea,2026-03-01,1,5\n"
	r := mustLoad(t, st, Options{Kind: Purchases, Files: []string{write(t, "b.csv", header+rows)}})
	if r.Accepted != 1 || r.Rejected != 3 || r.Reasons[0].Reason != "customer is not hashed, as the ids of earlier imports are" {
		t.Errorf("%+v", r)
	}
	if diff := cmp.Diff([]string{salt.hash("ann"), salt.hash("bob")}, table(t, st, states)); diff != "" {
		t.Error(diff)
	}
}

// Files of orders that are taken back, and loaded again after others have come, leave the
// store as if all had been loaded in order.
func TestOrdersTakeTheirPlaceAgain(t *testing.T) {
	rounds, files := 4, 4
	if os.Getenv("KITH_SOAK") == "1" {
		rounds = 60
	}
	for round := range rounds {
		r := rand.New(rand.NewPCG(uint64(round), 7))
		dir := t.TempDir()
		for k := range files {
			lines := []string{undoRows[Purchases].header}
			for range 12 {
				lines = append(lines, undoRows[Purchases].row(r))
			}
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.csv", k)), []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		st, _ := newStore(t)
		inOrder, _ := newStore(t)
		load := func(st *duckstore.Store, k int) {
			mustLoad(t, st, Options{Kind: Purchases, Files: []string{filepath.Join(dir, fmt.Sprintf("%d.csv", k))}, Zone: "UTC"})
		}
		gone := r.IntN(files - 1)
		for k := range files {
			load(inOrder, k)
			load(st, k)
			if k == files-2 {
				if _, err := Undo(t.Context(), st, gone+1, false); err != nil {
					t.Fatal(err)
				}
			}
		}
		for _, k := range r.Perm(files) {
			load(st, k)
		}
		for range 2 { // those that lack rows because of the others
			for k := range files {
				load(st, k)
			}
		}
		lines := "SELECT CAST(COLUMNS(c -> c <> 'import_id') AS VARCHAR) FROM events.purchases ORDER BY ALL"
		if diff := cmp.Diff(texts(t, inOrder, lines), texts(t, st, lines)); diff != "" {
			t.Errorf("round %d, file %d taken back and loaded again (-in order +again):\n%s", round, gone, diff)
		}
	}
}
