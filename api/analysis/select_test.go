package analysis

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"testing"

	"kith/graph"
)

// Whoever is left out is in no column and no byte of the file, and what is said
// of the others still holds together.
func TestWithout(t *testing.T) {
	whole := analyze(t, karate(t), Options{})
	victim := whole.Levels[0].Leader[0]
	id := whole.Customers.At(victim)
	whole.Aliases, whole.AliasOf = graph.NamesOf([]string{"+1", "+2", "+3"}), []uint32{victim, victim - 1, victim - 1}
	r, err := whole.Without(func(s string) bool { return s == id || s == "+3" })
	if err != nil {
		t.Fatal(err)
	}
	if r.Customers.Len() != whole.Customers.Len()-1 || r.Run.ID == whole.Run.ID {
		t.Errorf("%d customers of %d are in result %s", r.Customers.Len(), whole.Customers.Len(), r.Run.ID)
	}
	if n := namesOf(r.Aliases); len(n) != 1 || n[0] != "+2" || r.Customers.At(r.AliasOf[0]) != whole.Customers.At(victim-1) {
		t.Errorf("aliases %q are left", n)
	}
	if r.Levels[0].Leader[0] != None || r.Levels[0].Size[0] != whole.Levels[0].Size[0]-1 {
		t.Errorf("the community has leader %d and %d members", r.Levels[0].Leader[0], r.Levels[0].Size[0])
	}
	for u := range uint32(r.Customers.Len()) {
		name := r.Customers.At(u)
		old, ok := whole.Customers.Find(name)
		if !ok || name == id {
			t.Fatalf("there is a customer %q", name)
		}
		if r.PageRank[u] != whole.PageRank[old] || r.Role[u] != whole.Role[old] || r.Attributes.At(u) != whole.Attributes.At(old) {
			t.Errorf("%s has the figures of somebody else", name)
		}
		sum := r.RiskOwn[u] + r.RiskOther[u]
		for e := r.RiskOffsets[u]; e < r.RiskOffsets[u+1]; e++ {
			sum += r.RiskPart[e]
		}
		if math.Abs(sum-r.Risk[u]) > 1e-9 {
			t.Errorf("the parts of the risk of %s sum to %g, not to %g", name, sum, r.Risk[u])
		}
		if got := len(r.Calls.Neighbours(u)); int(r.OutDegree[u]) != got {
			t.Errorf("%s calls %d people, and is said to call %d", name, got, r.OutDegree[u])
		}
		with := uint64(whole.Calls.Weight(old, victim)) + uint64(whole.Calls.Weight(victim, old))
		if r.Contacts[u] != whole.Contacts[old]-with {
			t.Errorf("%s has %d contacts of %d, %d of them with who is left out", name, r.Contacts[u], whole.Contacts[old], with)
		}
		for i, v := range r.Calls.Neighbours(u) {
			if i > 0 && v <= r.Calls.Neighbours(u)[i-1] {
				t.Errorf("the arcs of %s are not in order", name)
			}
		}
	}
	dir := t.TempDir()
	if err := Save(dir, r); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, r.Run.ID+suffix))
	if err != nil || bytes.Contains(text, []byte(`"`+id+`"`)) {
		t.Errorf("the file has the id: %v", err)
	}
	if again, err := Open(dir, r.Run.ID); err != nil || again.Customers.Len() != r.Customers.Len() {
		t.Errorf("read back: %v", err)
	}
	nobody := func(string) bool { return false }
	if same, err := whole.Without(nobody); err != nil || same != whole {
		t.Errorf("without nobody it is another one: %v", err)
	}
	// A name of somebody who stays goes, and so does what is said of others.
	if r, err := whole.Without(func(s string) bool { return s == "+2" }); err != nil || len(namesOf(r.Aliases)) != 2 || r.Customers.Len() != whole.Customers.Len() {
		t.Errorf("aliases %q are left, %v", namesOf(r.Aliases), err)
	}
	said := make([]string, whole.Customers.Len())
	said[victim] = `{"age":4,"partner":"+491511"}`
	whole.Attributes = graph.NamesOf(said)
	if r, err := whole.Without(nobody, "+491511"); err != nil || r.Attributes.At(victim) != `{"age":4}` || r.Run.ID == whole.Run.ID {
		t.Errorf("attributes %s are left, %v", r.Attributes.At(victim), err)
	}
}

// Under other names the same is said of the same customers.
func TestRenamed(t *testing.T) {
	whole := analyze(t, karate(t), Options{})
	turn := func(u uint32) string { return string(rune('z'-u%26)) + whole.Customers.At(u) }
	r, err := whole.Renamed(turn, func(uint32) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	n := uint32(whole.Customers.Len())
	for u := range n {
		now, ok := r.Customers.Find(turn(u))
		if !ok {
			t.Fatalf("%s is not found", turn(u))
		}
		if r.Risk[now] != whole.Risk[u] || r.Levels[0].Of[now] != whole.Levels[0].Of[u] || len(r.Bought.Neighbours(now)) != len(whole.Bought.Neighbours(u)) {
			t.Errorf("%s has other figures", turn(u))
		}
		for _, v := range whole.Calls.Neighbours(u) {
			other, _ := r.Customers.Find(turn(v))
			found := false
			for _, w := range r.Calls.Neighbours(now) {
				found = found || w == other
			}
			if !found {
				t.Errorf("the tie from %s to %s is gone", turn(u), turn(v))
			}
		}
	}
	if r.Calls.Arcs() != whole.Calls.Arcs() || len(r.RiskFrom) != len(whole.RiskFrom) {
		t.Error("ties or parts of risks are missing")
	}
	if _, err := whole.Renamed(func(uint32) string { return "x" }, func(uint32) string { return "" }); err == nil {
		t.Error("all customers may have one name")
	}
}
