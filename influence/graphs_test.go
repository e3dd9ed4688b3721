package influence_test

import (
	"context"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"kith/graph"
)

// build makes a graph of n vertices; a weight of 0 in an arc stands for 1.
func build(t testing.TB, n uint32, undirected bool, arcs []graph.Arc) *graph.Graph {
	t.Helper()
	list := make([]graph.Arc, len(arcs))
	for i, a := range arcs {
		if a.Weight == 0 {
			a.Weight = 1
		}
		list[i] = a
	}
	g, _, err := graph.BuildArcs(context.Background(), graph.BuildOptions{Rows: n, Undirected: undirected}, list)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// arcsOf lists the arcs of a graph, each edge of an undirected one once.
func arcsOf(g *graph.Graph) []graph.Arc {
	var arcs []graph.Arc
	for u := range uint32(g.Rows()) {
		w := g.WeightsOf(u)
		for i, v := range g.Neighbours(u) {
			if g.Undirected && v < u {
				continue
			}
			a := graph.Arc{From: u, To: v, Weight: 1}
			if w != nil {
				a.Weight = w[i]
			}
			arcs = append(arcs, a)
		}
	}
	return arcs
}

// relabelled gives vertex v the number to[v].
func relabelled(t testing.TB, g *graph.Graph, to []uint32) *graph.Graph {
	t.Helper()
	arcs := arcsOf(g)
	for i := range arcs {
		arcs[i].From, arcs[i].To = to[arcs[i].From], to[arcs[i].To]
	}
	return build(t, g.Cols, g.Undirected, arcs)
}

// anyGraph draws a small graph, with isolated vertices, sinks and sources.
func anyGraph(t *rapid.T, loops bool) *graph.Graph {
	n := rapid.Uint32Range(1, 12).Draw(t, "n")
	weighted := rapid.Bool().Draw(t, "weighted")
	opt := graph.BuildOptions{Rows: n, Undirected: rapid.Bool().Draw(t, "undirected"), DropLoops: !loops}
	arcs := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) graph.Arc {
		a := graph.Arc{From: rapid.Uint32Range(0, n-1).Draw(t, "from"), To: rapid.Uint32Range(0, n-1).Draw(t, "to"), Weight: 1}
		if weighted {
			a.Weight = float32(rapid.IntRange(1, 9).Draw(t, "weight"))
		}
		return a
	}), 0, 40).Draw(t, "arcs")
	g, _, err := graph.BuildArcs(context.Background(), opt, arcs)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// crowd draws a graph with a few hubs, sinks and isolated vertices, large
// enough for several blocks. The draw is the same on every run.
func crowd(t testing.TB, n, arcs int, undirected, weighted bool) *graph.Graph {
	t.Helper()
	r := rand.New(rand.NewPCG(1, uint64(n)))
	list := make([]graph.Arc, arcs)
	for i := range list {
		x, y := r.Float64(), r.Float64()
		list[i] = graph.Arc{From: uint32(x * x * x * float64(n)), To: uint32(r.Float64() * y * y * float64(n)), Weight: 1}
		if weighted {
			list[i].Weight = float32(1 + r.IntN(20))
		}
	}
	g, _, err := graph.BuildArcs(context.Background(), graph.BuildOptions{Rows: uint32(n), Undirected: undirected, DropLoops: true, Merge: graph.MergeMax}, list)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

var threadCounts = []int{1, 2, 3, 8}
