package churn_test

import (
	"context"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"kith/graph"
	"kith/graph/graphtest"
	"kith/influence/churn"
)

var threadCounts = []int{1, 2, 3, 8}

// build makes a directed graph of n vertices; a weight of 0 stands for 1.
func build(t testing.TB, n uint32, arcs ...graph.Arc) *graph.Graph {
	t.Helper()
	for i := range arcs {
		if arcs[i].Weight == 0 {
			arcs[i].Weight = 1
		}
	}
	g, _, err := graph.BuildArcs(context.Background(), graph.BuildOptions{Rows: n}, arcs)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// crowd draws calls in a benchmark graph: each of its ties goes one way or both.
func crowd(t testing.TB, n int) *graph.Graph {
	t.Helper()
	p := graphtest.Planted(graphtest.PlantedOptions{Vertices: n, MeanDegree: 10, MaxDegree: 200, Mixing: .3, WeightMixing: .3, Seed: 3})
	r := rand.New(rand.NewPCG(1, 7))
	var from, to []uint32
	var w []float32
	for i := range p.From {
		way := r.IntN(3)
		if way != 0 {
			from, to, w = append(from, p.From[i]), append(to, p.To[i]), append(w, p.Weights[i])
		}
		if way != 1 {
			from, to, w = append(from, p.To[i]), append(to, p.From[i]), append(w, p.Weights[i])
		}
	}
	g, _, err := graph.Build(context.Background(), graph.BuildOptions{Rows: uint32(n)}, from, to, w)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// everyNth lists the vertices 0, k, 2k …
func everyNth(n, k int) []uint32 {
	var list []uint32
	for v := 0; v < n; v += k {
		list = append(list, uint32(v))
	}
	return list
}

// anyGraph draws a small graph of any kind, from empty to dense, and anySeeds
// some of its vertices.
func anyGraph(t *rapid.T) *graph.Graph {
	n := rapid.SampledFrom([]int{0, 1, 2, 3, 5, 8, 12}).Draw(t, "vertices")
	m := n * rapid.SampledFrom([]int{0, 1, 2, 4}).Draw(t, "arcs for each")
	weighted := rapid.Bool().Draw(t, "weighted")
	opt := graph.BuildOptions{
		Rows:       uint32(n),
		Undirected: rapid.Bool().Draw(t, "undirected"),
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

func anySeeds(t *rapid.T, g *graph.Graph, label string) []uint32 {
	if g.Rows() == 0 {
		return nil
	}
	return rapid.SliceOfDistinct(rapid.Uint32Range(0, uint32(g.Rows())-1), func(v uint32) uint32 { return v }).Draw(t, label)
}

func anyOptions(t *rapid.T) churn.SpreadOptions {
	return churn.SpreadOptions{
		Factor:     rapid.SampledFrom([]float64{0, .2, .5, .9, 1}).Draw(t, "factor"),
		Iterations: rapid.IntRange(0, 8).Draw(t, "iterations"),
		Accuracy:   rapid.SampledFrom([]float64{0, .001, .05}).Draw(t, "accuracy"),
		Direction:  rapid.SampledFrom([]churn.Direction{churn.Along, churn.Against, churn.Both}).Draw(t, "direction"),
		Weighting:  rapid.SampledFrom([]churn.Weighting{churn.ByWeight, churn.Binary, churn.Reciprocated}).Draw(t, "weighting"),
	}
}

// step is the matrix of one step of spreading, worked out from the definition:
// entry (v, u) is the share of u's energy that v has afterwards.
func step(g *graph.Graph, opt churn.SpreadOptions) *mat.Dense {
	n := g.Rows()
	d := opt.Factor
	if d == 0 {
		d = .5
	}
	w := mat.NewDense(n, n, nil) // what u→v carries, at (u, v)
	for u := range n {
		for v := range n {
			a, b := float64(g.Weight(uint32(u), uint32(v))), float64(g.Weight(uint32(v), uint32(u)))
			x := a
			switch {
			case g.Undirected:
			case opt.Weighting == churn.Reciprocated:
				x = min(a, b)
			case opt.Direction == churn.Against:
				x = b
			case opt.Direction == churn.Both && u != v:
				x = float64(float32(a + b))
			}
			if opt.Weighting == churn.Binary && x > 0 {
				x = 1
			}
			w.Set(u, v, x)
		}
	}
	p := mat.NewDense(n, n, nil)
	for u := range n {
		s := mat.Sum(w.RowView(u))
		if s == 0 {
			p.Set(u, u, 1)
			continue
		}
		for v := range n {
			p.Set(v, u, d*w.At(u, v)/s)
		}
		p.Set(u, u, p.At(u, u)+1-d)
	}
	return p
}

// steps is so many of them after one another.
func steps(p *mat.Dense, k int) *mat.Dense {
	n, _ := p.Dims()
	all := mat.NewDense(n, n, nil)
	for v := range n {
		all.Set(v, v, 1)
	}
	for range k {
		all.Mul(p, mat.DenseCopyOf(all))
	}
	return all
}

// same demands that two results are equal to the last bit. It walks them the
// fast way first, as describing a difference takes long.
func same(t testing.TB, threads int, want, got any) {
	t.Helper()
	if !reflect.DeepEqual(want, got) {
		t.Fatalf("threads %d differ from 1 (-want +got):\n%.400s", threads, cmp.Diff(want, got))
	}
}
