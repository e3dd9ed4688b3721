package community

import (
	"fmt"
	"math"

	"kith/graph"
)

// Modularity is
//
//	Q = Σ_c (2·in_c/2m - γ·(K_c/2m)²)
//
// (Newman & Girvan 2004, doi:10.1103/PhysRevE.69.026113; γ from Reichardt &
// Bornholdt 2006, doi:10.1103/PhysRevE.74.016110) with in_c the tie weight
// inside community c, K_c its sum of strengths and m the total tie weight. A
// loop counts once in in_c and twice in K_c. A resolution of 0 means 1. Sums are
// taken in vertex order; time O(arcs), memory O(communities). A graph without
// weight has modularity 0; a weight that is negative, infinite or not a number is
// refused.
func Modularity(g *graph.Graph, p Partition, resolution float64) (float64, error) {
	parts, err := ModularityParts(g, p, resolution)
	q := 0.0
	for _, x := range parts {
		q += x
	}
	return q, err
}

// ModularityParts are the summands of Modularity, one per community.
func ModularityParts(g *graph.Graph, p Partition, resolution float64) ([]float64, error) {
	t, err := tally(g, p)
	if err != nil || t.doubled == 0 {
		return t.inside, err
	}
	if resolution == 0 {
		resolution = 1
	}
	parts := t.inside
	for c, in := range t.inside {
		share := t.strength[c] / t.doubled
		parts[c] = in/t.doubled - float64(resolution*float64(share*share))
	}
	return parts, nil
}

// CPM is the quality of the constant Potts model (Traag, van Dooren, Nesterov
// 2011, doi:10.1103/PhysRevE.84.016114),
//
//	H = Σ_c (in_c - γ·n_c·(n_c-1)/2)
//
// with in_c the tie weight inside community c and n_c its number of members. A
// resolution of 0 means 1. Otherwise as Modularity.
func CPM(g *graph.Graph, p Partition, resolution float64) (float64, error) {
	t, err := tally(g, p)
	if err != nil {
		return 0, err
	}
	if resolution == 0 {
		resolution = 1
	}
	h := 0.0
	for c, n := range p.Sizes() {
		pairs := float64(n) * (float64(n) - 1) / 2
		h += t.inside[c]/2 - float64(resolution*pairs)
	}
	return h, nil
}

// Coverage is the share of tie weight that lies inside communities, 0 for a
// graph without weight. Otherwise as Modularity.
func Coverage(g *graph.Graph, p Partition) (float64, error) {
	t, err := tally(g, p)
	if err != nil || t.doubled == 0 {
		return 0, err
	}
	in := 0.0
	for _, x := range t.inside {
		in += x
	}
	return in / t.doubled, nil
}

// Conductance gives, for each community, the weight of the ties that leave it
// over the smaller of the sums of strengths inside and outside of it:
//
//	(K_c - 2·in_c) / min(K_c, 2m - K_c)
//
// It is 0 for a community that no tie leaves. Otherwise as Modularity.
func Conductance(g *graph.Graph, p Partition) ([]float64, error) {
	t, err := tally(g, p)
	if err != nil {
		return nil, err
	}
	for c, in := range t.inside {
		k := t.strength[c]
		leaving := k - in
		if leaving > 0 {
			leaving /= min(k, t.doubled-k)
		}
		t.inside[c] = leaving
	}
	return t.inside, nil
}

// tallied has, by community, twice the tie weight inside and the strength, and
// the sum of all strengths, 2m.
type tallied struct {
	inside, strength []float64
	doubled          float64
}

func tally(g *graph.Graph, p Partition) (tallied, error) {
	if err := checkPartition(g, p); err != nil {
		return tallied{}, err
	}
	s := tallied{inside: make([]float64, p.Count), strength: make([]float64, p.Count)}
	bad := false
	for v, c := range p.Of {
		in, all := 0.0, 0.0
		ws := g.WeightsOf(uint32(v))
		for i, t := range g.Neighbours(uint32(v)) {
			w := 1.0
			if ws != nil {
				w = float64(ws[i])
				bad = bad || !(w >= 0 && w <= math.MaxFloat32)
			}
			if t == uint32(v) {
				w *= 2
			}
			all += w
			if p.Of[t] == c {
				in += w
			}
		}
		s.inside[c] += in
		s.strength[c] += all
		s.doubled += all
	}
	if bad {
		return tallied{}, errWeight
	}
	return s, nil
}

func checkPartition(g *graph.Graph, p Partition) error {
	if err := checkUndirected(g); err != nil {
		return err
	}
	if err := p.Check(g.Rows()); err != nil {
		return fmt.Errorf("the partition does not fit the graph: %w", err)
	}
	return nil
}
