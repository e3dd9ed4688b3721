package graph

import "fmt"

// progressStep is the number of vertices after which a loop over them reports.
const progressStep = 1 << 18

// Components labels the weakly connected components of a square graph: two
// vertices have the same label when a path joins them, the direction of arcs
// disregarded. Labels are 0, 1, 2 … in the order of each component's smallest
// vertex, so they depend on nothing but the graph. An isolated vertex is a
// component of its own; an empty graph has none. It panics on a rectangular
// graph, whose rows and columns are different vertices.
//
// Union-find with path halving, the larger root hung under the smaller; see
// R. E. Tarjan, J. van Leeuwen, doi:10.1145/62.2160. O(m α(n)) time in
// practice, 4 bytes a vertex. progress, which may be nil, is told of the vertices that
// have been looked at.
func (g *Graph) Components(progress Progress) (labels []uint32, count int) {
	n := g.Rows()
	if uint64(n) != uint64(g.Cols) && n > 0 {
		panic(fmt.Sprintf("graph: components of %d rows and %d columns", n, g.Cols))
	}
	labels = make([]uint32, n)
	for u := range labels {
		labels[u] = uint32(u)
	}
	root := func(u uint32) uint32 {
		for labels[u] != u {
			labels[u] = labels[labels[u]]
			u = labels[u]
		}
		return u
	}
	for u := range n {
		a := root(uint32(u))
		for _, v := range g.Neighbours(uint32(u)) {
			b := root(v)
			switch {
			case a < b:
				labels[b] = a
			case b < a:
				labels[a] = b
				a = b
			}
		}
		if done := u + 1; done%progressStep == 0 || done == n {
			progress.Report("components", int64(done), int64(n))
		}
	}
	// A root is the smallest vertex of its component, so it is met, and gets
	// its label, before the others; parents are always smaller.
	for u := range labels {
		if parent := labels[u]; parent == uint32(u) {
			labels[u] = uint32(count)
			count++
		} else {
			labels[u] = labels[parent]
		}
	}
	return labels, count
}
