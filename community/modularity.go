package community

import (
	"fmt"

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
// weight has modularity 0.
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
	if err := checkPartition(g, p); err != nil {
		return nil, err
	}
	if resolution == 0 {
		resolution = 1
	}
	inside, strength := make([]float64, p.Count), make([]float64, p.Count)
	total := 0.0
	for v, c := range p.Of {
		in, all := 0.0, 0.0
		ws := g.WeightsOf(uint32(v))
		for i, t := range g.Neighbours(uint32(v)) {
			w := 1.0
			if ws != nil {
				w = float64(ws[i])
			}
			if t == uint32(v) {
				w *= 2
			}
			all += w
			if p.Of[t] == c {
				in += w
			}
		}
		inside[c] += in
		strength[c] += all
		total += all
	}
	if total == 0 {
		return inside, nil
	}
	for c, in := range inside {
		k := strength[c] / total
		inside[c] = in/total - float64(resolution*float64(k*k))
	}
	return inside, nil
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
