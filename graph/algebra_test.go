package graph_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kith/graph"
)

// build makes a graph for a test that is about something else.
func build(t interface {
	Helper()
	Fatal(...any)
}, opt graph.BuildOptions, arcs []graph.Arc) *graph.Graph {
	t.Helper()
	g, _, err := graph.BuildArcs(context.Background(), opt, arcs)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func arcsOf(g *graph.Graph) []graph.Arc {
	var arcs []graph.Arc
	for u := range uint32(g.Rows()) {
		for k, v := range g.Neighbours(u) {
			w := float32(1)
			if g.Weights != nil {
				w = g.WeightsOf(u)[k]
			}
			arcs = append(arcs, graph.Arc{From: u, To: v, Weight: w})
		}
	}
	return arcs
}

// By hand: 0→1 (2), 1→0 (3), 1→2 (1), 2→2 (5), vertex 3 alone.
func TestSymmetricByHand(t *testing.T) {
	g := build(t, graph.BuildOptions{Rows: 4}, []graph.Arc{{From: 0, To: 1, Weight: 2}, {From: 1, To: 0, Weight: 3}, {From: 1, To: 2, Weight: 1}, {From: 2, To: 2, Weight: 5}})
	s, err := g.Symmetric(context.Background(), graph.MergeSum, 0)
	if err != nil {
		t.Fatal(err)
	}
	want := []graph.Arc{{From: 0, To: 1, Weight: 5}, {From: 1, To: 0, Weight: 5}, {From: 1, To: 2, Weight: 1}, {From: 2, To: 1, Weight: 1}, {From: 2, To: 2, Weight: 5}}
	if diff := cmp.Diff(want, arcsOf(s)); diff != "" {
		t.Errorf("symmetric view (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]float64{5, 6, 11, 0}, s.Strengths(0)); diff != "" {
		t.Errorf("strengths, the loop twice (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]float64{2, 4, 5, 0}, g.Strengths(0)); diff != "" {
		t.Errorf("strengths of the directed graph (-want +got):\n%s", diff)
	}
	if got := s.TotalWeight(0); got != 11 { // 5 + 1 + 5
		t.Errorf("total weight %v", got)
	}
	if got := s.Edges(); got != 3 {
		t.Errorf("%d edges", got)
	}
	if got := g.Edges(); got != 4 {
		t.Errorf("%d directed edges", got)
	}
	if s.Weight(1, 0) != 5 || s.Weight(0, 2) != 0 || s.Weight(3, 3) != 0 {
		t.Errorf("weights %v %v %v", s.Weight(1, 0), s.Weight(0, 2), s.Weight(3, 3))
	}
	if got, want := s.Bytes(), int64(5*8+5*4+5*4); got != want {
		t.Errorf("%d bytes, want %d", got, want)
	}
}

func TestAlgebraLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ctx := context.Background()
		n := rapid.Uint32Range(0, 10).Draw(t, "n")
		arcs := drawArcs(t, n, n)
		for i := range arcs { // sums of 1e30 and the like round differently in two steps
			if w := arcs[i].Weight; w > 2 || w < .1 {
				arcs[i].Weight = 4
			} else {
				arcs[i].Weight = 1
			}
		}
		threads := rapid.IntRange(1, 4).Draw(t, "threads")
		g := build(t, graph.BuildOptions{Rows: n}, arcs)

		turned := make([]graph.Arc, len(arcs))
		for i, a := range arcs {
			turned[i] = graph.Arc{From: a.To, To: a.From, Weight: a.Weight}
		}
		back, err := g.Transpose(ctx, threads)
		if err != nil {
			t.Fatal(err)
		}
		if !equal(back, build(t, graph.BuildOptions{Rows: n}, turned)) {
			t.Fatal("the transpose differs from the graph of the arcs turned round")
		}
		for _, m := range []graph.Merge{graph.MergeSum, graph.MergeMax, graph.MergeOnce} {
			once := build(t, graph.BuildOptions{Rows: n}, arcsOf(g))
			s, err := once.Symmetric(ctx, m, threads)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Validate(); err != nil {
				t.Fatal(err)
			}
			if !equal(s, build(t, graph.BuildOptions{Rows: n, Undirected: true, Merge: m}, arcsOf(once))) {
				t.Fatalf("symmetric view by merge %d differs from the undirected build", m)
			}
		}
		var vertices []uint32
		place := map[uint32]uint32{}
		for v := range n {
			if rapid.Bool().Draw(t, "in") {
				place[v] = uint32(len(vertices))
				vertices = append(vertices, v)
			}
		}
		var inside []graph.Arc
		for _, a := range arcs {
			u, ok := place[a.From]
			v, ok2 := place[a.To]
			if ok && ok2 {
				inside = append(inside, graph.Arc{From: u, To: v, Weight: a.Weight})
			}
		}
		sub, err := g.Subgraph(vertices)
		if err != nil {
			t.Fatal(err)
		}
		if !equal(sub, build(t, graph.BuildOptions{Rows: uint32(len(vertices))}, inside)) {
			t.Fatal("the subgraph differs from the graph of the arcs inside")
		}
	})
}

// The two ways of finding a vertex's place in a subgraph give the same.
func TestSubgraphSmallAndLarge(t *testing.T) {
	from, to, w := randomArcs(3000, 100_000, 5)
	g, _, err := graph.Build(context.Background(), graph.BuildOptions{Rows: 3000, Undirected: true}, from, to, w)
	if err != nil {
		t.Fatal(err)
	}
	few := []uint32{2990, 2995, 2999}
	var many []uint32
	for v := range uint32(1500) {
		many = append(many, 2*v+1)
	}
	for _, vertices := range [][]uint32{few, many, nil} {
		sub, err := g.Subgraph(vertices)
		if err != nil {
			t.Fatal(err)
		}
		if err := sub.Validate(); err != nil {
			t.Fatal(err)
		}
		if sub.Rows() != len(vertices) {
			t.Fatalf("%d rows for %d vertices", sub.Rows(), len(vertices))
		}
		for i, u := range vertices {
			for j, v := range vertices {
				if sub.Weight(uint32(i), uint32(j)) != g.Weight(u, v) {
					t.Fatalf("%d-%d weighs %v, in the graph %v", u, v, sub.Weight(uint32(i), uint32(j)), g.Weight(u, v))
				}
			}
			if len(vertices) > 10 && i == 20 {
				break
			}
		}
	}
}

func TestAlgebraOfTheZeroGraph(t *testing.T) {
	var g graph.Graph
	s, err := g.Symmetric(context.Background(), graph.MergeSum, 0)
	if err != nil || s.Validate() != nil || s.Rows() != 0 {
		t.Errorf("symmetric: %v, %v", s, err)
	}
	if sub, err := g.Subgraph(nil); err != nil || sub.Rows() != 0 {
		t.Errorf("subgraph: %v, %v", sub, err)
	}
	if len(g.Strengths(0)) != 0 || g.TotalWeight(0) != 0 || g.Edges() != 0 || g.Bytes() != 0 {
		t.Error("the zero graph is not empty")
	}
}

func TestAlgebraRefuses(t *testing.T) {
	ctx := context.Background()
	rectangle := build(t, graph.BuildOptions{Rows: 2, Cols: 3}, []graph.Arc{{From: 0, To: 2, Weight: 1}})
	square := build(t, graph.BuildOptions{Rows: 2}, []graph.Arc{{From: 0, To: 1, Weight: 3e38}, {From: 1, To: 0, Weight: 3e38}})
	_, symmetric := rectangle.Symmetric(ctx, graph.MergeSum, 1)
	_, over := square.Symmetric(ctx, graph.MergeSum, 1)
	_, sub := rectangle.Subgraph([]uint32{0})
	_, order := square.Subgraph([]uint32{1, 0})
	_, absent := square.Subgraph([]uint32{0, 2})
	for want, err := range map[string]error{
		"symmetric view: a graph of 2 rows and 3 columns has two kinds of vertices":         symmetric,
		"the weights of the two directions of a tie add up to more than 3.4e38":             over,
		"subgraph: a graph of 2 rows and 3 columns has two kinds of vertices":               sub,
		"subgraph: vertex 0 comes after 1; list the vertices in ascending order, each once": order,
		"subgraph: vertex 2 is not among the 2 of the graph":                                absent,
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestValidateFindsEachBreach(t *testing.T) {
	inf := float32(1)
	inf /= 0x1p-149
	for want, g := range map[string]*graph.Graph{
		"2 arcs without offsets":                   {Targets: []uint32{0, 1}},
		"offsets run from 1 to 2 for 2 arcs":       {Offsets: []uint64{1, 2}, Targets: []uint32{0, 0}, Cols: 1},
		"offsets run from 0 to 1 for 2 arcs":       {Offsets: []uint64{0, 1}, Targets: []uint32{0, 0}, Cols: 1},
		"1 weights for 2 arcs":                     {Offsets: []uint64{0, 2}, Targets: []uint32{0, 1}, Weights: []float32{1}, Cols: 2},
		"undirected with 1 rows and 2 columns":     {Offsets: []uint64{0, 0}, Cols: 2, Undirected: true},
		"offsets fall from 2 to 1 at row 1":        {Offsets: []uint64{0, 2, 1, 2}, Targets: []uint32{0, 1}, Cols: 3},
		"row 0 has target 2 of 2":                  {Offsets: []uint64{0, 1}, Targets: []uint32{2}, Cols: 2},
		"row 0 has target 1 after 1":               {Offsets: []uint64{0, 2}, Targets: []uint32{1, 1}, Cols: 2},
		"row 0 has target 0 after 1":               {Offsets: []uint64{0, 2}, Targets: []uint32{1, 0}, Cols: 2},
		"arc 0→1 weighs 0":                         {Offsets: []uint64{0, 1}, Targets: []uint32{1}, Weights: []float32{0}, Cols: 2},
		"arc 0→1 weighs -1":                        {Offsets: []uint64{0, 1}, Targets: []uint32{1}, Weights: []float32{-1}, Cols: 2},
		"arc 0→1 weighs +Inf":                      {Offsets: []uint64{0, 1}, Targets: []uint32{1}, Weights: []float32{inf}, Cols: 2},
		"0→1 has no mirror image of equal weight":  {Offsets: []uint64{0, 1, 1}, Targets: []uint32{1}, Cols: 2, Undirected: true},
		"0→1 has no mirror image of equal weight ": {Offsets: []uint64{0, 1, 2}, Targets: []uint32{1, 0}, Weights: []float32{1, 2}, Cols: 2, Undirected: true},
	} {
		if err := g.Validate(); err == nil || !strings.Contains(err.Error(), strings.TrimSpace(want)) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if err := (&graph.Graph{}).Validate(); err != nil {
		t.Errorf("an empty graph: %v", err)
	}
}

func BenchmarkAlgebra(b *testing.B) {
	ctx := context.Background()
	for _, n := range []uint32{1_000, 10_000, 100_000} {
		from, to, w := randomArcs(n, 10*int(n), 1)
		g, _, err := graph.Build(ctx, graph.BuildOptions{Rows: n}, from, to, w)
		if err != nil {
			b.Fatal(err)
		}
		half := make([]uint32, n/2)
		for i := range half {
			half[i] = uint32(2 * i)
		}
		for _, kernel := range []struct {
			name string
			run  func() error
		}{
			{"transpose", func() error { _, err := g.Transpose(ctx, 0); return err }},
			{"symmetric", func() error { _, err := g.Symmetric(ctx, graph.MergeSum, 0); return err }},
			{"subgraph", func() error { _, err := g.Subgraph(half); return err }},
			{"strengths", func() error { g.Strengths(0); return nil }},
			{"components", func() error { g.Components(nil); return nil }},
			{"validate", g.Validate},
		} {
			b.Run(fmt.Sprintf("%s/%d", kernel.name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := kernel.run(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
