package storetest

import (
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
