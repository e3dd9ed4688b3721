package influence_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"kith/graph"
	"kith/graph/graphtest"
	"kith/influence"
)

func triangles(t testing.TB, g *graph.Graph, threads int) *influence.Triangles {
	t.Helper()
	c, err := influence.CountTriangles(context.Background(), g, threads, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTrianglesKnownAnswers(t *testing.T) {
	tests := []struct {
		name         string
		g            *graph.Graph
		total        uint64
		mean, closed float64
	}{
		{"empty", &graph.Graph{Undirected: true}, 0, 0, 0},
		{"one vertex", build(t, 1, true, nil), 0, 0, 0},
		{"a loop", build(t, 1, true, []graph.Arc{{From: 0, To: 0}}), 0, 0, 0},
		// Three vertices with loops are one triangle, and the loops make no
		// partners.
		{"loops", build(t, 3, true, []graph.Arc{{From: 0, To: 1}, {From: 1, To: 2}, {From: 2, To: 0}, {From: 0, To: 0}, {From: 1, To: 1}}), 1, 1, 1},
		{"ties twice", build(t, 3, true, []graph.Arc{{From: 0, To: 1}, {From: 1, To: 0}, {From: 1, To: 2}, {From: 2, To: 0}}), 1, 1, 1},
		// Vertex 2 has 3 partners and one pair of them tied: (1+1+1/3)/4; of
		// 1+1+3 paths 3 are closed.
		{"tail", build(t, 4, true, []graph.Arc{{From: 0, To: 1}, {From: 1, To: 2}, {From: 2, To: 0}, {From: 2, To: 3}}), 1, (2 + 1./3) / 4, 3. / 5},
		// igraph 1.0: cliques(3, 3), transitivity_undirected, and the mean of
		// transitivity_local_undirected(mode="zero").
		{"karate", graphtest.Karate().Graph, 45, 0.5706384782076823, 0.2556818181818182},
		{"kite", graphtest.Kite().Graph, 11, 0.52, 0.5789473684210527},
		{"complete", complete(t, 300), 300 * 299 * 298 / 6, 1, 1},
		{"star", star(t, 100_000), 0, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := triangles(t, tt.g, 0)
			if got.Total != tt.total {
				t.Errorf("%d triangles, want %d", got.Total, tt.total)
			}
			if math.Abs(got.Mean-tt.mean) > 1e-12 || math.Abs(got.Transitivity-tt.closed) > 1e-12 {
				t.Errorf("mean clustering %v and transitivity %v, want %v and %v", got.Mean, got.Transitivity, tt.mean, tt.closed)
			}
		})
	}
}

// TestTrianglesAgreeWithMatrices has a gonum oracle: entry v of the diagonal of
// A³ is twice the number of triangles of v.
func TestTrianglesAgreeWithMatrices(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := randomGraph(rt, true, true, false)
		if g.Rows() == 0 {
			return
		}
		core := uint32(rapid.SampledFrom([]int{0, 1, 3, 10, 100}).Draw(rt, "core"))
		got, err := influence.CountTrianglesWithCore(context.Background(), g, 1, core, nil)
		if err != nil {
			rt.Fatal(err)
		}
		a := dense(g)
		a.Apply(func(_, _ int, x float64) float64 { return math.Ceil(min(x, 1)) }, a) // without weights
		var cube mat.Dense
		cube.Mul(a, a)
		cube.Mul(&cube, a)
		total := uint64(0)
		for v := range g.Rows() {
			want := uint64(cube.At(v, v)) / 2
			total += want
			d := float64(g.Degree(uint32(v)))
			local := 0.0
			if d > 1 {
				local = float64(want) / (d * (d - 1) / 2)
			}
			if got.Count[v] != want || math.Abs(got.Local[v]-local) > 1e-12 {
				rt.Fatalf("vertex %d has %d triangles and clustering %v, want %d and %v", v, got.Count[v], got.Local[v], want, local)
			}
		}
		if got.Total != total/3 {
			rt.Fatalf("%d triangles, want %d", got.Total, total/3)
		}
	})
}

// TestTrianglesOfEachTie adds up what the ends of each tie have in common, with
// cores of all sizes, so that triangles of every kind are met.
func TestTrianglesOfEachTie(t *testing.T) {
	g := crowd(t, 900, 12_000, true, true)
	want := make([]uint64, g.Rows())
	for u := range uint32(g.Rows()) {
		for _, v := range g.Neighbours(u) {
			for _, w := range g.Neighbours(u) {
				if _, ok := slices.BinarySearch(g.Neighbours(v), w); ok && v < w {
					want[u]++
				}
			}
		}
	}
	for _, core := range []uint32{0, 64, 300, 800, 4096} {
		got, err := influence.CountTrianglesWithCore(context.Background(), g, 0, core, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got.Count, want) {
			t.Errorf("with a core of %d the counts differ:\n%.400s", core, cmp.Diff(want, got.Count))
		}
	}
}

func TestTrianglesSameBitsForAnyThreads(t *testing.T) {
	g := crowd(t, 8000, 100_000, true, false)
	want := triangles(t, g, 1)
	if want.Total < 100_000 {
		t.Fatalf("there are only %d triangles", want.Total)
	}
	for _, threads := range threadCounts {
		same(t, threads, want, triangles(t, g, threads))
	}
}

func TestTrianglesDoNotDependOnNames(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := randomGraph(rt, true, false, true)
		to := shuffled(rt, g.Rows())
		want, moved := triangles(t, g, 1), triangles(t, graphtest.Relabel(g, to), 1)
		for v := range want.Count {
			if moved.Count[to[v]] != want.Count[v] || moved.Local[to[v]] != want.Local[v] {
				rt.Fatalf("vertex %d has other figures under another name", v)
			}
		}
		if moved.Total != want.Total || moved.Transitivity != want.Transitivity {
			rt.Fatal("the network has other figures under other names")
		}
	})
}

func TestTrianglesRefuse(t *testing.T) {
	if _, err := influence.CountTriangles(context.Background(), build(t, 2, false, []graph.Arc{{From: 0, To: 1}}), 1, nil); err == nil || !strings.Contains(err.Error(), "Symmetric") {
		t.Errorf("a directed graph gives %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := influence.CountTriangles(ctx, complete(t, 3), 1, nil); err == nil {
		t.Error("no error although the context has ended")
	}
}

func BenchmarkTriangles(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		g := crowd(b, n, 20*n, true, false)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				triangles(b, g, 0)
			}
			b.ReportMetric(float64(g.Arcs()), "arcs")
		})
	}
}
