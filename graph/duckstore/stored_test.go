package duckstore

import (
	"reflect"
	"testing"

	"kith/graph"
)

// A store that takes over what Stored yields holds the same network.
func TestStoredYieldsTheNetwork(t *testing.T) {
	a := openNew(t)
	if err := a.Sync(t.Context(), ringSource{40, 3}, nil); err != nil {
		t.Fatal(err)
	}
	mustExec(t, a, `INSERT INTO graph.corrections VALUES ('CALLED', '+49000000001', 'by hand', 2.5)`)
	b := openNew(t)
	if err := b.Sync(t.Context(), a.Stored(), nil); err != nil {
		t.Fatal(err)
	}
	var fixed []graph.Tie
	for x, err := range a.Stored().Fixed(t.Context(), graph.Called) {
		if err != nil {
			t.Fatal(err)
		}
		fixed = append(fixed, x)
		mustExec(t, b, `INSERT INTO graph.corrections VALUES ('CALLED', ?, ?, ?)`, x.From, x.To, x.Weight)
	}
	if len(fixed) != 1 {
		t.Errorf("%d weights are fixed by hand, want 1", len(fixed))
	}
	var networks [2]*graph.Network
	for i, s := range []*Store{a, b} {
		n, err := s.Read(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		networks[i] = n
	}
	if !reflect.DeepEqual(networks[0], networks[1]) || networks[0].Customers.Len() != 41 {
		t.Errorf("the networks differ: %d customers became %d, and %d calls %d", networks[0].Customers.Len(), networks[1].Customers.Len(),
			networks[0].Calls.Arcs(), networks[1].Calls.Arcs())
	}
}
