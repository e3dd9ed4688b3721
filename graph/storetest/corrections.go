package storetest

import (
	"cmp"
	"slices"
	"testing"

	"kith/graph"
)

// corrections sees weights fixed by hand win over the source's.
func (s suite) corrections(t *testing.T) {
	store := s.open(t)
	mustSync(t, store, small())
	s.o.Correct(t, store, graph.Called, "ann", "bob", 40)  // another weight
	s.o.Correct(t, store, graph.Called, "cem", "ann", 0)   // no tie after all
	s.o.Correct(t, store, graph.Called, "dora", "cem", 6)  // a tie nobody saw
	s.o.Correct(t, store, graph.Bought, "ann", "tea", 0.5) // money spent is not changed by it
	s.o.Correct(t, store, graph.Bought, "ann", "cup", 0)
	s.o.Correct(t, store, graph.Viewed, "ann", "cup", 9)
	want := corrected(expected(small()))
	mustHold(t, store, want)

	mustSync(t, store, small())
	mustHold(t, store, want)

	s.o.Correct(t, store, graph.Called, "ann", "bob", 41) // by the same hand, again
	want.Calls.Weights[0] = 41
	mustHold(t, store, want)
}

// corrected is small as the test above fixes it. Customers are numbered ann,
// bob, cem, dora, and products cup, odd, tea.
func corrected(p picture) picture {
	p.Calls = matrix{Offsets: []uint64{0, 1, 2, 2, 3}, Targets: []uint32{1, 0, 2}, Weights: []float32{40, 0.5, 6}, Cols: 4}
	p.Bought = matrix{Offsets: []uint64{0, 1, 2, 2, 2}, Targets: []uint32{2, 2}, Weights: []float32{0.5, 1}, Cols: 3}
	p.Viewed = matrix{Offsets: []uint64{0, 1, 1, 1, 2}, Targets: []uint32{0, 1}, Weights: []float32{9, 4}, Cols: 3}
	return p
}

// correctionsOutlive sees them outlive the tie in the source and the process.
func (s suite) correctionsOutlive(t *testing.T) {
	store := s.open(t)
	mustSync(t, store, small())
	s.o.Correct(t, store, graph.Called, "ann", "bob", 40)
	store = s.o.Reopen(t, store)
	want := expected(small())
	want.Calls.Weights[0] = 40
	mustHold(t, store, want)

	// Its ends stay with it, of which nothing else is known.
	mustSync(t, store, &network{})
	bare := &network{ties: [len(graph.Kinds)][]graph.Tie{{call("ann", "bob", 40)}}}
	mustHold(t, store, expected(bare))
}

// correctionsOfLeft sees weights fixed by hand hold again when what they are about
// comes back, and those of 0 keep nobody in the network meanwhile.
func (s suite) correctionsOfLeft(t *testing.T) {
	store := s.open(t)
	mustSync(t, store, small())
	s.o.Correct(t, store, graph.Called, "cem", "ann", 0)
	s.o.Correct(t, store, graph.Bought, "ann", "cup", 0)
	s.o.Correct(t, store, graph.Viewed, "bob", "tea", 9)
	n, err := store.Read(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := pictured(t, n)
	if len(want.Calls.Targets) != 2 || len(want.Bought.Targets) != 2 || len(want.Viewed.Targets) != 2 {
		t.Fatalf("the weights do not hold: %+v", want)
	}
	left := &network{}
	left.ties[graph.Viewed] = []graph.Tie{{From: "bob", To: "tea", Weight: 9, Count: 1}}
	for range 2 {
		mustSync(t, store, &network{})
		mustHold(t, store, expected(left))
	}
	mustSync(t, store, small())
	mustHold(t, store, want)
}

// correctionsOfMerged sees weights that were fixed at records hold for the customers
// whose records they turn out to be, and for the records again when they are split off.
func (s suite) correctionsOfMerged(t *testing.T) {
	store := s.open(t)
	apart := small()
	for _, id := range []string{"old-ann", "web-ann", "old-bob", "pos-bob", "web-ali"} {
		apart.customers = append(apart.customers, graph.Customer{ID: id})
	}
	apart.products = append(apart.products, graph.Product{ID: "web-ann", Price: -1}) // no record
	mustSync(t, store, apart)
	merged := small()
	merged.products = apart.products
	merged.ties[graph.Called] = append(merged.ties[graph.Called], call("bob", "cem", 2))
	merged.ties[graph.Viewed] = append(merged.ties[graph.Viewed], graph.Tie{From: "bob", To: "web-ann", Weight: 5, Count: 5})
	fixed := []graph.Fixed{
		{Kind: graph.Called, From: "web-ann", To: "bob", Weight: 7}, // in the place of the source's
		{Kind: graph.Called, From: "web-ann", To: "cem", Weight: 5},
		{Kind: graph.Called, From: "ann", To: "cem", Weight: 4},     // the customer's own
		{Kind: graph.Called, From: "web-ann", To: "ann", Weight: 9}, // nobody's tie
		{Kind: graph.Called, From: "cem", To: "web-ann", Weight: 0}, // no tie after all
		{Kind: graph.Called, From: "web-ann", To: "dora", Weight: 1},
		{Kind: graph.Called, From: "old-ann", To: "dora", Weight: 6}, // first in byte order
		{Kind: graph.Called, From: "web-ann", To: "old-bob", Weight: 8},
		{Kind: graph.Called, From: "old-bob", To: "cem", Weight: 0},
		{Kind: graph.Called, From: "bob", To: "cem", Weight: 3},
		{Kind: graph.Called, From: "web-ali", To: "dora", Weight: 2}, // of somebody whom the source lacks
		{Kind: graph.Called, From: "old-ann", To: "old-ann", Weight: 4},
		{Kind: graph.Bought, From: "web-ann", To: "tea", Weight: 0.5},
		{Kind: graph.Bought, From: "web-ann", To: "cup", Weight: 0},
		{Kind: graph.Bought, From: "pos-bob", To: "tea", Weight: 0}, // nothing else keeps this record
		{Kind: graph.Viewed, From: "old-bob", To: "web-ann", Weight: 1},
	}
	for _, f := range fixed {
		s.o.Correct(t, store, f.Kind, f.From, f.To, float64(f.Weight))
	}
	before, err := store.Read(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	whose := []graph.Alias{
		{ID: "old-ann", Customer: "ann", Always: true}, {ID: "old-bob", Customer: "bob", Always: true},
		{ID: "pos-bob", Customer: "bob", Always: true}, {ID: "web-ann", Customer: "ann", Always: true}, {ID: "web-ali", Customer: "ali", Always: true},
	}
	want := small()
	want.products = apart.products
	want.customers = append(want.customers, graph.Customer{ID: "ali"})
	want.ties[graph.Called] = []graph.Tie{
		call("ann", "ann", 4), call("ann", "bob", 7), call("ann", "cem", 4), call("ann", "dora", 6),
		call("bob", "ann", 0.5), call("bob", "cem", 3), call("ali", "dora", 2),
	}
	want.ties[graph.Bought] = []graph.Tie{bought("ann", "tea", 0.5, 0)}
	want.ties[graph.Viewed] = append(want.ties[graph.Viewed], graph.Tie{From: "bob", To: "web-ann", Weight: 1})
	for range 2 {
		mustSync(t, store, merged)
		n, err := store.Read(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if d := diff(inTurn(fixed), inTurn(n.Fixed)); d != "" {
			t.Errorf("weights fixed by hand (-want +got):\n%s", d)
		}
		drawn := expected(want)
		drawn.Spend = append([]float64{0}, expected(merged).Spend...) // money spent is not changed by it
		if d := diff(drawn, pictured(t, n.Merge(whose))); d != "" {
			t.Errorf("the merged network differs (-want +got):\n%s", d)
		}
	}
	mustSync(t, store, apart)
	mustHold(t, store, pictured(t, before))
}

// inTurn sorts weights fixed by hand.
func inTurn(list []graph.Fixed) []graph.Fixed {
	sorted := slices.Clone(list)
	slices.SortFunc(sorted, func(a, b graph.Fixed) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return sorted
}
