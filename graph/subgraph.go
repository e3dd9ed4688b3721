package graph

import (
	"fmt"
	"math"
	"slices"
)

// Subgraph returns the graph induced by the vertices, which must stand in
// ascending order without repetition; vertex i of the result is vertices[i].
// The graph must be square. Time is O(Σ degree · log k) for k vertices, or
// O(n + Σ degree) where that is less.
func (g *Graph) Subgraph(vertices []uint32) (*Graph, error) {
	n := g.Rows()
	if uint32(n) != g.Cols {
		return nil, fmt.Errorf("subgraph: a graph of %d rows and %d columns has two kinds of vertices", n, g.Cols)
	}
	out := &Graph{Offsets: make([]uint64, len(vertices)+1), Cols: uint32(len(vertices)), Undirected: g.Undirected}
	degrees := uint64(0)
	for i, u := range vertices {
		if uint64(u) >= uint64(n) {
			return nil, fmt.Errorf("subgraph: vertex %d is not among the %d of the graph", u, n)
		}
		if i > 0 && u <= vertices[i-1] {
			return nil, fmt.Errorf("subgraph: vertex %d comes after %d; list the vertices in ascending order, each once", u, vertices[i-1])
		}
		degrees += g.Offsets[u+1] - g.Offsets[u]
	}
	place := func(v uint32) (uint32, bool) {
		i, ok := slices.BinarySearch(vertices, v)
		return uint32(i), ok
	}
	if degrees*8 > uint64(n) {
		const none = math.MaxUint32
		of := make([]uint32, n)
		for v := range of {
			of[v] = none
		}
		for i, v := range vertices {
			of[v] = uint32(i)
		}
		place = func(v uint32) (uint32, bool) { return of[v], of[v] != none }
	}
	out.Targets = make([]uint32, 0, min(degrees, uint64(len(vertices))*uint64(len(vertices))))
	if g.Weights != nil {
		out.Weights = make([]float32, 0, cap(out.Targets))
	}
	ones := true
	for i, u := range vertices {
		w := g.WeightsOf(u)
		for k, v := range g.Neighbours(u) {
			j, ok := place(v)
			if !ok {
				continue
			}
			out.Targets = append(out.Targets, j)
			if w != nil {
				out.Weights = append(out.Weights, w[k])
				ones = ones && w[k] == 1
			}
		}
		out.Offsets[i+1] = uint64(len(out.Targets))
	}
	if ones {
		out.Weights = nil
	}
	return out, nil
}
