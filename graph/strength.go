package graph

import (
	"context"
	"slices"
)

// Bytes is the memory that the arrays of the graph take.
func (g *Graph) Bytes() int64 {
	return 8*int64(len(g.Offsets)) + 4*int64(len(g.Targets)) + 4*int64(len(g.Weights))
}

// Edges is the number of ties: arcs of a directed graph, and of an undirected
// one its edges with each loop counted once.
func (g *Graph) Edges() int64 {
	if !g.Undirected {
		return int64(len(g.Targets))
	}
	loops := int64(0)
	for u := range g.Rows() {
		if _, ok := g.find(uint32(u), uint32(u)); ok {
			loops++
		}
	}
	return (int64(len(g.Targets)) + loops) / 2
}

// find returns the place of the arc u→v.
func (g *Graph) find(u, v uint32) (uint64, bool) {
	k, ok := slices.BinarySearch(g.Neighbours(u), v)
	return g.Offsets[u] + uint64(k), ok
}

// Weight is the weight of the arc u→v, 0 when there is none, in O(log degree).
func (g *Graph) Weight(u, v uint32) float32 {
	k, ok := g.find(u, v)
	switch {
	case !ok:
		return 0
	case g.Weights == nil:
		return 1
	}
	return g.Weights[k]
}

// Strengths returns for each vertex the sum of the weights of its out-arcs, in
// the order of the targets, in float64; an undirected loop counts twice, so
// that the strengths of an undirected graph add up to twice its weight. O(m).
func (g *Graph) Strengths(threads int) []float64 {
	s := make([]float64, g.Rows())
	parts := rowParts(g)
	_ = each(context.Background(), threadsOr(threads), len(parts)-1, func(_, p int) {
		for u := parts[p]; u < parts[p+1]; u++ {
			row := g.Neighbours(u)
			sum := float64(len(row))
			if w := g.WeightsOf(u); w != nil {
				sum = 0
				for _, x := range w {
					sum += float64(x)
				}
			}
			if g.Undirected {
				if k, ok := slices.BinarySearch(row, u); ok {
					if w := g.WeightsOf(u); w != nil {
						sum += float64(w[k])
					} else {
						sum++
					}
				}
			}
			s[u] = sum
		}
	})
	return s
}

// TotalWeight is the sum of the weights of all ties, an undirected edge and
// its mirror image counted once. Rows are summed in order, so it is the same to
// the bit on every run.
func (g *Graph) TotalWeight(threads int) float64 {
	sum := 0.0
	for _, x := range g.Strengths(threads) {
		sum += x
	}
	if g.Undirected {
		sum /= 2
	}
	return sum
}

// rowParts cuts the rows into stretches of about equal numbers of arcs and
// rows; the cuts depend on the graph only. Part p is rows parts[p] to
// parts[p+1].
func rowParts(g *Graph) []uint32 {
	const work = 1 << 16
	parts := []uint32{0}
	n := uint32(g.Rows())
	begin := uint64(0)
	for u := uint32(0); u < n; {
		end := u + 1
		for end < n && g.Offsets[end+1]+uint64(end+1)-begin <= work {
			end++
		}
		begin = g.Offsets[end] + uint64(end)
		parts = append(parts, end)
		u = end
	}
	return parts
}
