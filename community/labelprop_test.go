package community

import (
	"testing"

	"kith/graph/graphtest"
)

func TestLabelPropagation(t *testing.T) {
	p := graphtest.Planted(graphtest.PlantedOptions{Vertices: 3000, Mixing: .2, Seed: 6})
	got, err := LabelPropagation(t.Context(), p.Graph(), PropagationOptions{})
	if err != nil {
		t.Fatal(err)
	}
	verify(t, p.Graph(), &Hierarchy{Levels: []Partition{got}}, true)
	truth := canonical(append([]uint32(nil), p.Community...), 3000)
	if nmi := must(NMI(got, truth)); nmi < .95 {
		t.Errorf("NMI with clear planted communities is %v", nmi)
	}
}

// Cliques with one tie between them: a label cannot cross.
func TestLabelPropagationOnCliques(t *testing.T) {
	ring := graphtest.RingOfCliques(8, 6)
	for seed := range uint64(5) {
		p, err := LabelPropagation(t.Context(), ring.Graph, PropagationOptions{Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		if p.Count > 8 {
			t.Errorf("seed %d: %d communities in 8 cliques", seed, p.Count)
		}
		again, err := LabelPropagation(t.Context(), ring.Graph, PropagationOptions{Seed: seed, Threads: 3})
		if err != nil {
			t.Fatal(err)
		}
		if nmi := must(NMI(p, again)); nmi != 1 {
			t.Errorf("seed %d: another run differs", seed)
		}
	}
}
