package community

import (
	"context"
	"math/rand/v2"
	"testing"

	gonum "gonum.org/v1/gonum/graph"
	"gonum.org/v1/gonum/graph/simple"

	"kith/graph"
	"kith/graph/graphtest"
)

// undirected builds a graph of n vertices from edges, each given once.
func undirected(t testing.TB, n int, edges [][2]uint32, weights []float32) *graph.Graph {
	t.Helper()
	from, to := make([]uint32, len(edges)), make([]uint32, len(edges))
	for i, e := range edges {
		from[i], to[i] = e[0], e[1]
	}
	g, _, err := graph.Build(context.Background(), graph.BuildOptions{Rows: uint32(n), Undirected: true}, from, to, weights)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func leiden(t testing.TB, g *graph.Graph, o Options) *Hierarchy {
	t.Helper()
	h, err := Leiden(context.Background(), g, o)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func modularity(t testing.TB, g *graph.Graph, p Partition, resolution float64) float64 {
	t.Helper()
	q, err := Modularity(g, p, resolution)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// verify is independent of how the hierarchy was made: every level is a full
// partition numbered canonically and lies in the next, and each of its
// communities is connected, by breadth-first search.
func verify(t interface {
	Helper()
	Fatalf(string, ...any)
}, g *graph.Graph, h *Hierarchy, connected bool) {
	t.Helper()
	if len(h.Levels) == 0 {
		t.Fatalf("the hierarchy has no level")
	}
	for i, p := range h.Levels {
		if err := p.Check(g.Rows()); err != nil {
			t.Fatalf("level %d: %v", i, err)
		}
		if !canonicallyNumbered(p) {
			t.Fatalf("level %d is not numbered by size and first vertex", i)
		}
		if connected {
			if c, ok := unconnected(g, p); ok {
				t.Fatalf("level %d: community %d is not connected", i, c)
			}
		}
		if i == 0 {
			continue
		}
		fine := h.Levels[i-1]
		if fine.Count <= p.Count {
			t.Fatalf("levels %d and %d have %d and %d communities", i-1, i, fine.Count, p.Count)
		}
		parent := h.Parents(i - 1)
		for v, c := range fine.Of {
			if parent[c] != p.Of[v] {
				t.Fatalf("community %d of level %d lies in several of level %d", c, i-1, i)
			}
		}
	}
}

func canonicallyNumbered(p Partition) bool {
	size, first := make([]int, p.Count), make([]int, p.Count)
	for v := len(p.Of) - 1; v >= 0; v-- {
		size[p.Of[v]]++
		first[p.Of[v]] = v
	}
	for c := 1; c < p.Count; c++ {
		if size[c] > size[c-1] || size[c] == size[c-1] && first[c] < first[c-1] {
			return false
		}
	}
	return true
}

func unconnected(g *graph.Graph, p Partition) (uint32, bool) {
	seen := make([]bool, g.Rows())
	started := make([]bool, p.Count)
	var todo []uint32
	for v, c := range p.Of {
		if seen[v] {
			continue
		}
		if started[c] {
			return c, true
		}
		started[c] = true
		seen[v] = true
		todo = append(todo[:0], uint32(v))
		for len(todo) > 0 {
			u := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			for _, t := range g.Neighbours(u) {
				if p.Of[t] == c && !seen[t] {
					seen[t] = true
					todo = append(todo, t)
				}
			}
		}
	}
	return 0, false
}

// drawn is a random graph of n vertices whose ties are there with probability p.
func drawn(t testing.TB, r *rand.Rand, n int, p float64, weighted, loops bool) *graph.Graph {
	t.Helper()
	var edges [][2]uint32
	var weights []float32
	for u := range uint32(n) {
		for v := u; v < uint32(n); v++ {
			if r.Float64() > p || u == v && !loops {
				continue
			}
			edges = append(edges, [2]uint32{u, v})
			weights = append(weights, float32(1+r.IntN(9))/4)
		}
	}
	if !weighted {
		weights = nil
	}
	return undirected(t, n, edges, weights)
}

func asGonum(g *graph.Graph) gonum.Undirected {
	out := simple.NewWeightedUndirectedGraph(0, 0)
	for v := range g.Rows() {
		out.AddNode(simple.Node(v))
	}
	for v := range uint32(g.Rows()) {
		for _, t := range g.Neighbours(v) {
			if v < t {
				out.SetWeightedEdge(simple.WeightedEdge{F: simple.Node(v), T: simple.Node(t), W: float64(g.Weight(v, t))})
			}
		}
	}
	return out
}

func asNodes(p Partition) [][]gonum.Node {
	sets := make([][]gonum.Node, p.Count)
	for v, c := range p.Of {
		sets[c] = append(sets[c], simple.Node(v))
	}
	return sets
}

// benchmarkGraphs are large enough for windows, several parts and both ways of
// aggregating.
func benchmarkGraphs(t testing.TB) map[string]*graph.Graph {
	t.Helper()
	from, to := graphtest.RMAT(12, 6, 1)
	rmat, _, err := graph.Build(context.Background(), graph.BuildOptions{Rows: 1 << 12, Undirected: true, Merge: graph.MergeOnce}, from, to, nil)
	if err != nil {
		t.Fatal(err)
	}
	summed, _, err := graph.Build(context.Background(), graph.BuildOptions{Rows: 1 << 12, Undirected: true}, from, to, nil)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]*graph.Graph{
		"planted":            graphtest.Planted(graphtest.PlantedOptions{Vertices: 3000, MeanDegree: 12, Mixing: .4, Seed: 1}).Graph(),
		"planted, weighted":  graphtest.Planted(graphtest.PlantedOptions{Vertices: 2500, Mixing: .5, WeightMixing: .3, Seed: 2}).Graph(),
		"R-MAT with loops":   rmat,
		"R-MAT with weights": summed,
	}
}
