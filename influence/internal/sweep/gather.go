package sweep

import "kith/graph"

// Gather adds up x at the given places. Four running sums let the processor fetch
// ahead, and their order is fixed.
func Gather[F float32 | float64](x []F, at []uint32) float64 {
	var a, b, c, d float64
	for len(at) >= 4 {
		a += float64(x[at[0]])
		b += float64(x[at[1]])
		c += float64(x[at[2]])
		d += float64(x[at[3]])
		at = at[4:]
	}
	for _, v := range at {
		a += float64(x[v])
	}
	return (a + b) + (c + d)
}

// GatherWeighted adds up x times the weight at the given places. The products are
// rounded before they are added, so that machines with a fused
// multiply-and-add give the same bits.
func GatherWeighted[F float32 | float64](x []F, at []uint32, w []float32) float64 {
	var a, b, c, d float64
	for len(at) >= 4 && len(w) >= 4 {
		a += float64(float64(x[at[0]]) * float64(w[0]))
		b += float64(float64(x[at[1]]) * float64(w[1]))
		c += float64(float64(x[at[2]]) * float64(w[2]))
		d += float64(float64(x[at[3]]) * float64(w[3]))
		at, w = at[4:], w[4:]
	}
	for i, v := range at {
		a += float64(float64(x[v]) * float64(w[i]))
	}
	return (a + b) + (c + d)
}

// Strengths adds up the weights of each vertex's out-arcs as they are stored,
// which counts an undirected loop once: that is how often a walk can take it.
func Strengths(g *graph.Graph, threads int) []float64 {
	s := make([]float64, g.Rows())
	ByArcs(g.Offsets).Each(threads, func(_ int, from, to uint32) {
		for v := from; v < to; v++ {
			s[v] = float64(g.Degree(v))
			if g.Weights != nil {
				s[v] = 0
				for _, w := range g.WeightsOf(v) {
					s[v] += float64(w)
				}
			}
		}
	})
	return s
}
