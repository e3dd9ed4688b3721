package influence_test

import (
	"context"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
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

// anyGraph draws a small graph of any kind, from empty to dense.
func anyGraph(t *rapid.T, loops bool) *graph.Graph {
	n := rapid.SampledFrom([]int{0, 1, 2, 3, 5, 8, 12}).Draw(t, "vertices")
	m := n * rapid.SampledFrom([]int{0, 1, 2, 4}).Draw(t, "arcs for each")
	weighted := rapid.Bool().Draw(t, "weighted")
	opt := graph.BuildOptions{
		Rows:       uint32(n),
		Undirected: rapid.Bool().Draw(t, "undirected"),
		DropLoops:  !loops,
	}
	if !weighted {
		opt.Merge = graph.MergeOnce
	}
	arcs := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) graph.Arc {
		a := graph.Arc{From: uint32(rapid.IntRange(0, n-1).Draw(t, "from")), To: uint32(rapid.IntRange(0, n-1).Draw(t, "to")), Weight: 1}
		if weighted {
			a.Weight = rapid.SampledFrom([]float32{1, 2, 0.1, 0.3, 0.75, 7, 100, 1e-3}).Draw(t, "weight")
		}
		return a
	}), m, m).Draw(t, "arcs")
	g, _, err := graph.BuildArcs(context.Background(), opt, arcs)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// shuffled draws a new number for each of n vertices.
func shuffled(t *rapid.T, n int) []uint32 {
	to := make([]uint32, n)
	for v := range to {
		to[v] = uint32(v)
	}
	return rapid.Permutation(to).Draw(t, "numbers")
}

// anyPartition draws a community for each of n vertices, some of them empty.
func anyPartition(t *rapid.T, n int) (of []uint32, count int) {
	count = rapid.IntRange(1, 5).Draw(t, "communities")
	return rapid.SliceOfN(rapid.Uint32Range(0, uint32(count)-1), n, n).Draw(t, "of"), count
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

var threadCounts = []int{1, 2, 3, 8, 16}

// same demands that two results are equal to the last bit. It walks them the
// fast way first, as describing a difference takes long.
func same(t testing.TB, threads int, want, got any) {
	t.Helper()
	if !reflect.DeepEqual(want, got) {
		t.Fatalf("threads %d differ from 1 (-want +got):\n%.400s", threads, cmp.Diff(want, got))
	}
}

// randomGraph draws a graph of up to 24 vertices, from empty to dense, with
// isolated vertices and parts that aren't connected. Weights are such that their
// sums are exact. Rapid prefers what stands first in a list.
func randomGraph(t *rapid.T, undirected, weighted, loops bool) *graph.Graph {
	n := rapid.SampledFrom([]int{10, 24, 15, 7, 4, 2, 1, 0}).Draw(t, "vertices")
	m := int(float64(n) * rapid.SampledFrom([]float64{2, 1, 4, .5, 10, 0}).Draw(t, "arcs for each"))
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
	opt := graph.BuildOptions{Rows: uint32(n), Undirected: undirected, DropLoops: !loops, Merge: graph.MergeMax}
	arcs := make([]graph.Arc, m)
	for i := range arcs {
		arcs[i] = graph.Arc{From: uint32(r.IntN(n)), To: uint32(r.IntN(n)), Weight: 1}
		if weighted {
			arcs[i].Weight = []float32{.25, .5, 1, 2, 4, 8}[r.IntN(6)]
		}
	}
	g, _, err := graph.BuildArcs(context.Background(), opt, arcs)
	if err != nil {
		t.Fatal(err)
	}
	return g
}
