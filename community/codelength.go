package community

import (
	"fmt"
	"math"

	"kith/graph"
)

// Codelength is the two-level map equation, the average number of bits a step
// that a random walk costs to describe with a code book for each community and
// one for going from one to another (Rosvall & Bergstrom 2008,
// doi:10.1073/pnas.0706851105; in this form Rosvall, Axelsson, Bergstrom 2009,
// doi:10.1140/epjst/e2010-01179-1):
//
//	L = plogp(Σ q_c) - 2·Σ plogp(q_c) - Σ plogp(p_v) + Σ plogp(q_c + p_c),  plogp(x) = x·log2(x)
//
// with p_v the strength of vertex v over 2m, p_c the sum of p_v over community c
// and q_c the tie weight that leaves c over 2m·γ. The less, the better. The
// resolution γ is one over the Markov time (Kheirkhahzadeh, Lancichinetti,
// Rosvall 2016, doi:10.1103/PhysRevE.93.032309); 0 means 1. A loop adds twice its
// weight to p_v, as everywhere here, where Infomap adds it once. Otherwise as
// Modularity; a graph without weight has codelength 0.
func Codelength(g *graph.Graph, p Partition, resolution float64) (float64, error) {
	t, err := tally(g, p)
	if err != nil {
		return 0, err
	}
	if resolution == 0 {
		resolution = 1
	}
	if !(resolution > 0) || math.IsInf(resolution, 0) {
		return 0, fmt.Errorf("the resolution is %g; give a positive number", resolution)
	}
	if t.doubled == 0 {
		return 0, nil
	}
	leaving, bits := 0.0, 0.0
	for c, k := range t.strength {
		exit := max(0, k-t.inside[c]) / (t.doubled * resolution)
		leaving += exit
		bits += xlogx(exit+k/t.doubled) - float64(2*xlogx(exit))
	}
	for v := range uint32(g.Rows()) {
		bits -= xlogx(strengthOf(g, v) / t.doubled)
	}
	return max(0, (bits+xlogx(leaving))/math.Ln2), nil
}

// strengthOf is the summed weight of a vertex's ties, a loop counted twice.
func strengthOf(g *graph.Graph, v uint32) float64 {
	ws, sum := g.WeightsOf(v), 0.0
	for i, t := range g.Neighbours(v) {
		w := 1.0
		if ws != nil {
			w = float64(ws[i])
		}
		if t == v {
			w *= 2
		}
		sum += w
	}
	return sum
}

// xlogx is x·ln(x), and 0 at 0.
func xlogx(x float64) float64 {
	if x <= 0 {
		return 0
	}
	return x * math.Log(x)
}
