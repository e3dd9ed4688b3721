package graph_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"kith/graph"
	"kith/graph/graphtest"
)

func project(t interface {
	Helper()
	Fatal(...any)
}, g *graph.Graph, opt graph.ProjectOptions) *graph.Graph {
	t.Helper()
	out, _, err := graph.Project(context.Background(), g, opt)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// By hand: customer 0 has products 0 1 2, customer 1 has 0 1, customer 2 has 2
// and customer 3 has 3. With N = 4, idf is ln 2 for products 0, 1, 2 and ln 4 =
// 2 ln 2 for 3, so all but customer 3 see plain cosines: 2/√6 and 1/√3.
func TestProjectByHand(t *testing.T) {
	g := build(t, graph.BuildOptions{Rows: 4, Cols: 4}, []graph.Arc{
		{From: 0, To: 0, Weight: 1}, {From: 0, To: 1, Weight: 1}, {From: 0, To: 2, Weight: 1},
		{From: 1, To: 0, Weight: 1}, {From: 1, To: 1, Weight: 1}, {From: 2, To: 2, Weight: 1}, {From: 3, To: 3, Weight: 1},
	})
	arc := func(u, v uint32, w float64) []graph.Arc {
		return []graph.Arc{{From: u, To: v, Weight: float32(w)}, {From: v, To: u, Weight: float32(w)}}
	}
	for name, tc := range map[string]struct {
		opt  graph.ProjectOptions
		want []graph.Arc
	}{
		"count":      {graph.ProjectOptions{Weighting: graph.Count}, append(arc(0, 1, 2), arc(0, 2, 1)...)},
		"Jaccard":    {graph.ProjectOptions{Weighting: graph.Jaccard}, append(arc(0, 1, 2.0/3), arc(0, 2, 1.0/3)...)},
		"overlap":    {graph.ProjectOptions{Weighting: graph.Overlap}, append(arc(0, 1, 1), arc(0, 2, 1)...)},
		"cosine":     {graph.ProjectOptions{Weighting: graph.Cosine}, append(arc(0, 1, 2/math.Sqrt(6)), arc(0, 2, 1/math.Sqrt(3))...)},
		"cosine idf": {graph.ProjectOptions{}, append(arc(0, 1, 2/math.Sqrt(6)), arc(0, 2, 1/math.Sqrt(3))...)},
		"one each":   {graph.ProjectOptions{K: 1, Weighting: graph.Count}, append(arc(0, 1, 2), graph.Arc{From: 2, To: 0, Weight: 1})},
		"minimum":    {graph.ProjectOptions{MinWeight: .7}, arc(0, 1, 2/math.Sqrt(6))},
		"hubs":       {graph.ProjectOptions{MaxDegree: 1}, nil},
		// Products 0 and 1 share both customers, product 2 shares customer 0
		// with each.
		"columns": {graph.ProjectOptions{Side: graph.SideColumns, Weighting: graph.Jaccard}, slices.Concat(arc(0, 1, 1), arc(0, 2, 1.0/3), arc(1, 2, 1.0/3))},
	} {
		t.Run(name, func(t *testing.T) {
			got := arcsOf(project(t, g, tc.opt))
			slices.SortFunc(tc.want, func(a, b graph.Arc) int { return int(a.From*10+a.To) - int(b.From*10+b.To) })
			if diff := cmp.Diff(tc.want, got, cmpopts.EquateApprox(1e-6, 0), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("ties (-want +got):\n%s", diff)
			}
		})
	}
	_, report, err := graph.Project(context.Background(), g, graph.ProjectOptions{MaxDegree: 1})
	if diff := cmp.Diff(graph.ProjectReport{Hubs: []uint32{0, 1, 2}}, report); diff != "" || err != nil {
		t.Errorf("report (-want +got):\n%s%v", diff, err)
	}
}

// What everybody buys ties nobody.
func TestProjectIDFOfABlockbuster(t *testing.T) {
	g := build(t, graph.BuildOptions{Rows: 3, Cols: 2}, []graph.Arc{
		{From: 0, To: 0, Weight: 1}, {From: 1, To: 0, Weight: 1}, {From: 2, To: 0, Weight: 1},
		{From: 0, To: 1, Weight: 1}, {From: 1, To: 1, Weight: 1},
	})
	want := []graph.Arc{{From: 0, To: 1, Weight: 1}, {From: 1, To: 0, Weight: 1}}
	if diff := cmp.Diff(want, arcsOf(project(t, g, graph.ProjectOptions{}))); diff != "" {
		t.Errorf("ties (-want +got):\n%s", diff)
	}
}

// R. L. Breiger (doi:10.2307/2576011) prints the matrix of shared events.
func TestProjectSouthernWomen(t *testing.T) {
	c := graphtest.SouthernWomen()
	near := project(t, c.Graph, graph.ProjectOptions{Weighting: graph.Count})
	for pair, want := range map[[2]string]float32{
		{"Evelyn Jefferson", "Theresa Anderson"}:  7,
		{"Evelyn Jefferson", "Laura Mandeville"}:  6,
		{"Sylvia Avondale", "Nora Fayette"}:       6,
		{"Sylvia Avondale", "Katherina Rogers"}:   6,
		{"Evelyn Jefferson", "Dorothy Murchison"}: 2,
		{"Olivia Carleton", "Flora Price"}:        2,
		{"Laura Mandeville", "Flora Price"}:       0,
	} {
		if got := near.Weight(c.Vertex(pair[0]), c.Vertex(pair[1])); got != want {
			t.Errorf("%s and %s share %v events, published %v", pair[0], pair[1], got, want)
		}
	}
	best := near.Strongest(c.Vertex("Evelyn Jefferson"))
	if c.Names.At(best[0].Vertex) != "Theresa Anderson" || best[0].Weight != 7 {
		t.Errorf("Evelyn is nearest to %v", best[0])
	}
}

func bipartite(customers, products uint32, ties int, weighted bool) *graph.Graph {
	r := rand.New(rand.NewPCG(4, 0))
	arcs := make([]graph.Arc, ties)
	for i := range arcs {
		x := r.Float64()
		arcs[i] = graph.Arc{From: r.Uint32N(customers), To: uint32(x * x * float64(products)), Weight: 1}
		if weighted {
			arcs[i].Weight = float32(1 + r.IntN(3))
		}
	}
	opt := graph.BuildOptions{Rows: customers, Cols: products}
	if !weighted {
		opt.Merge = graph.MergeOnce
	}
	g, _, err := graph.BuildArcs(context.Background(), opt, arcs)
	if err != nil {
		panic(err)
	}
	return g
}

// All pairs above a threshold are those that a K without end finds, to the bit, and
// tied both ways.
func TestProjectAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := graphtest.Draw(t, "g", graphtest.DrawOptions{Vertices: 14, Columns: 10, Weighted: rapid.Bool().Draw(t, "weighted")})
		opt := graph.ProjectOptions{
			K:         100,
			Side:      rapid.SampledFrom([]graph.Side{graph.SideRows, graph.SideColumns}).Draw(t, "side"),
			Weighting: rapid.SampledFrom([]graph.Weighting{graph.CosineIDF, graph.Cosine, graph.Jaccard, graph.Overlap, graph.Count}).Draw(t, "weighting"),
			MinWeight: rapid.SampledFrom([]float32{1e-6, .3, .9, 2}).Draw(t, "minimum"),
			MaxDegree: rapid.SampledFrom([]int{0, 0, 3}).Draw(t, "cap"),
			Threads:   rapid.SampledFrom([]int{1, 2, 3, 8, 16}).Draw(t, "threads"),
		}
		near := project(t, g, opt)
		opt.All = true
		all := project(t, g, opt)
		if err := all.Validate(); err != nil || !all.Undirected {
			t.Fatalf("undirected %v, %v", all.Undirected, err)
		}
		one := *all
		one.Undirected = false
		if diff := cmp.Diff(arcsOf(near), arcsOf(&one), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("all pairs and the most alike (-most alike +all):\n%s", diff)
		}
	})
	for _, weighted := range []bool{false, true} {
		g := bipartite(800, 100, 5_000, weighted)
		opt := graph.ProjectOptions{All: true, MinWeight: .2, Threads: 1}
		first := project(t, g, opt)
		for _, opt.Threads = range []int{2, 3, 8, 16} {
			if !equal(first, project(t, g, opt)) {
				t.Errorf("weighted=%t: %d threads differ from 1", weighted, opt.Threads)
			}
		}
		opt.All, opt.K = false, 800
		near := project(t, g, opt)
		if first.Arcs() == 0 || !slices.Equal(first.Targets, near.Targets) || !slices.Equal(first.Weights, near.Weights) {
			t.Errorf("weighted=%t: %d neighbours of all pairs, %d of a K without end", weighted, first.Arcs(), near.Arcs())
		}
		// So many pairs and no more are allowed.
		opt.All, opt.MostPairs = true, int64(first.Arcs()/2)
		for _, opt.Threads = range []int{1, 3} {
			if !equal(first, project(t, g, opt)) {
				t.Errorf("weighted=%t: a bound that is kept changes the answer", weighted)
			}
			less := opt
			less.MostPairs--
			if _, _, err := graph.Project(t.Context(), g, less); !errors.Is(err, graph.ErrManyPairs) {
				t.Errorf("weighted=%t: one pair too many gives %v", weighted, err)
			}
		}
	}
}

func TestProjectIsBitEqualForAnyThreads(t *testing.T) {
	for _, weighted := range []bool{false, true} {
		g := bipartite(800, 100, 5_000, weighted)
		for _, side := range []graph.Side{graph.SideRows, graph.SideColumns} {
			for _, weighting := range []graph.Weighting{graph.CosineIDF, graph.Jaccard} {
				opt := graph.ProjectOptions{K: 5, Side: side, Weighting: weighting, Threads: 1}
				first := project(t, g, opt)
				for _, opt.Threads = range []int{2, 3, 8} {
					if !equal(first, project(t, g, opt)) {
						t.Errorf("weighted=%t side=%d weighting=%d: %d threads differ from 1", weighted, side, weighting, opt.Threads)
					}
				}
			}
		}
	}
}

// Many equal similarities: the smaller vertices are kept.
func TestProjectBreaksTiesBySmallerVertex(t *testing.T) {
	var arcs []graph.Arc
	for u := range uint32(100) {
		arcs = append(arcs, graph.Arc{From: u, To: 0, Weight: 1})
	}
	g := build(t, graph.BuildOptions{Rows: 100, Cols: 1}, arcs)
	for _, threads := range []int{1, 3} {
		near := project(t, g, graph.ProjectOptions{K: 3, Weighting: graph.Cosine, Threads: threads})
		for u := range uint32(100) {
			want := []uint32{0, 1, 2, 3}
			want = slices.DeleteFunc(want, func(v uint32) bool { return v == u })[:3]
			if diff := cmp.Diff(want, near.Neighbours(u)); diff != "" {
				t.Fatalf("neighbours of %d (-want +got):\n%s", u, diff)
			}
		}
	}
}

func TestProjectToUndirected(t *testing.T) {
	near := project(t, graphtest.SouthernWomen().Graph, graph.ProjectOptions{K: 3})
	s, err := near.Symmetric(context.Background(), graph.MergeMax, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	for u := range uint32(s.Rows()) {
		for _, x := range s.Strongest(u) {
			if want := max(near.Weight(u, x.Vertex), near.Weight(x.Vertex, u)); x.Weight != want {
				t.Errorf("%d-%d weighs %v, want %v", u, x.Vertex, x.Weight, want)
			}
		}
	}
}

func TestProjectEdges(t *testing.T) {
	for name, g := range map[string]*graph.Graph{
		"empty":    {Offsets: []uint64{0}},
		"zero":     {},
		"no ties":  {Offsets: []uint64{0, 0, 0}, Cols: 3},
		"one tie":  {Offsets: []uint64{0, 1}, Targets: []uint32{0}, Cols: 1},
		"no paths": {Offsets: []uint64{0, 1, 2}, Targets: []uint32{0, 1}, Cols: 2},
	} {
		for _, side := range []graph.Side{graph.SideRows, graph.SideColumns} {
			near := project(t, g, graph.ProjectOptions{Side: side})
			if err := near.Validate(); err != nil || near.Arcs() != 0 {
				t.Errorf("%s: %d arcs, %v", name, near.Arcs(), err)
			}
		}
	}
	for _, opt := range []graph.ProjectOptions{{All: true}, {K: -1}, {MaxDegree: -1}, {MinWeight: -1}, {MinWeight: float32(math.NaN())}} {
		if _, _, err := graph.Project(context.Background(), &graph.Graph{}, opt); err == nil || !strings.HasPrefix(err.Error(), "project: ") {
			t.Errorf("%+v: %v", opt, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := graph.Project(ctx, bipartite(100, 10, 500, false), graph.ProjectOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("with its context ended: %v", err)
	}
}

func BenchmarkProject(b *testing.B) {
	for _, n := range []uint32{1_000, 10_000, 100_000} {
		g := bipartite(n, n/10, int(n)*10, false)
		for side, name := range []string{"rows", "columns"} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, _, err := graph.Project(context.Background(), g, graph.ProjectOptions{Side: graph.Side(side)}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
