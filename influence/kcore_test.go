package influence_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/gonum/graph/topo"
	"pgregory.net/rapid"

	"kith/graph"
	"kith/graph/graphtest"
	"kith/influence"
)

func kCore(t testing.TB, g *graph.Graph) influence.Cores {
	t.Helper()
	c, err := influence.KCore(context.Background(), g, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestKCoreKnownAnswers(t *testing.T) {
	tests := []struct {
		name string
		g    *graph.Graph
		want []uint32
	}{
		{"empty", &graph.Graph{Undirected: true}, []uint32{}},
		{"no offsets at all", &graph.Graph{}, []uint32{}},
		{"one vertex", build(t, 1, true, nil), []uint32{0}},
		{"a loop", build(t, 2, true, []graph.Arc{{From: 1, To: 1}}), []uint32{0, 0}},
		// A triangle with a tail of two, one tie of which is there twice, and
		// an isolated vertex.
		{"tail", build(t, 6, true, []graph.Arc{{From: 0, To: 1}, {From: 1, To: 2}, {From: 2, To: 0}, {From: 2, To: 3}, {From: 3, To: 4}, {From: 4, To: 3}, {From: 3, To: 3}}),
			[]uint32{2, 2, 2, 1, 1, 0}},
		// Andre to Jane in order of names. igraph 1.0 coreness.
		{"kite", graphtest.Kite().Graph, []uint32{3, 3, 3, 3, 3, 3, 3, 2, 1, 1}},
		// igraph 1.0 coreness.
		{"karate", graphtest.Karate().Graph, []uint32{4, 4, 4, 4, 3, 3, 3, 4, 4, 2, 3, 1, 2, 4, 2, 2, 2, 2, 2, 3, 2, 2, 2, 3, 3, 3, 2, 3, 3, 3, 4, 3, 4, 4}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := kCore(t, tt.g)
			if diff := cmp.Diff(tt.want, got.Core); diff != "" {
				t.Errorf("cores (-want +got):\n%s", diff)
			}
			if most := slices.Max(append(tt.want, 0)); got.Degeneracy != most {
				t.Errorf("degeneracy is %d, want %d", got.Degeneracy, most)
			}
		})
	}
}

func TestKCoreOfLargeShapes(t *testing.T) {
	for _, tt := range []struct {
		name string
		g    *graph.Graph
		want uint32
	}{
		{"star", star(t, 100_000), 1},
		{"complete", complete(t, 300), 299},
		{"cliques of 5 in a ring", graphtest.RingOfCliques(100, 5).Graph, 4},
	} {
		got := kCore(t, tt.g)
		if i := slices.IndexFunc(got.Core, func(k uint32) bool { return k != tt.want }); i >= 0 {
			t.Errorf("%s: vertex %d has core %d, want %d", tt.name, i, got.Core[i], tt.want)
		}
	}
}

// star has its hub at 0; complete ties each of n vertices to each.
func star(t testing.TB, leaves uint32) *graph.Graph {
	arcs := make([]graph.Arc, leaves)
	for i := range arcs {
		arcs[i] = graph.Arc{From: 0, To: uint32(i) + 1}
	}
	return build(t, leaves+1, true, arcs)
}

func complete(t testing.TB, n uint32) *graph.Graph {
	var arcs []graph.Arc
	for u := range n {
		for v := range u {
			arcs = append(arcs, graph.Arc{From: u, To: v})
		}
	}
	return build(t, n, true, arcs)
}

func TestKCoreAgreesWithGonum(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := randomGraph(rt, true, false, true)
		want := make([]uint32, g.Rows())
		_, cores := topo.DegeneracyOrdering(undirectedGonum(g))
		for k, list := range cores {
			for _, v := range list {
				want[v.ID()] = max(want[v.ID()], uint32(k))
			}
		}
		if diff := cmp.Diff(want, kCore(t, g).Core); diff != "" {
			rt.Fatalf("cores (-gonum +got):\n%s", diff)
		}
	})
}

// TestKCoreIsTheLargest checks the definition: the vertices of core k or more
// have at least k partners among them, and taking away again and again those
// that have at most k takes away all of core k.
func TestKCoreIsTheLargest(t *testing.T) {
	g := crowd(t, 3000, 60_000, true, false)
	got := kCore(t, g)
	if got.Degeneracy < 30 {
		t.Fatalf("the degeneracy is only %d", got.Degeneracy)
	}
	for v := range uint32(g.Rows()) {
		k := uint32(0)
		for _, u := range g.Neighbours(v) {
			if got.Core[u] >= got.Core[v] {
				k++
			}
		}
		if k < got.Core[v] {
			t.Errorf("vertex %d has core %d, but only %d partners in it", v, got.Core[v], k)
		}
	}
	left := make([]bool, g.Rows())
	for v := range left {
		left[v] = true
	}
	for k := uint32(0); k <= got.Degeneracy; k++ {
		for again := true; again; {
			again = false
			for v := range uint32(g.Rows()) {
				partners := uint32(0)
				for _, u := range g.Neighbours(v) {
					if left[u] {
						partners++
					}
				}
				if left[v] && partners <= k {
					left[v], again = false, true
					if got.Core[v] != k {
						t.Errorf("vertex %d has core %d, want %d", v, got.Core[v], k)
					}
				}
			}
		}
	}
	if i := slices.Index(left, true); i >= 0 {
		t.Errorf("vertex %d is in a higher core than %d", i, got.Degeneracy)
	}
}

func TestKCoreDoesNotDependOnNames(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := randomGraph(rt, true, true, true)
		to := shuffled(rt, g.Rows())
		want, moved := kCore(t, g), kCore(t, graphtest.Relabel(g, to))
		for v, k := range want.Core {
			if moved.Core[to[v]] != k {
				rt.Fatalf("vertex %d has core %d, and %d under another name", v, k, moved.Core[to[v]])
			}
		}
	})
}

func TestKCoreRefuses(t *testing.T) {
	if _, err := influence.KCore(context.Background(), build(t, 2, false, []graph.Arc{{From: 0, To: 1}}), nil); err == nil || !strings.Contains(err.Error(), "Symmetric") {
		t.Errorf("a directed graph gives %v", err)
	}
	if _, err := influence.KCore(context.Background(), graphtest.SouthernWomen().Graph, nil); err == nil || !strings.Contains(err.Error(), "18 rows and 14 columns") {
		t.Errorf("a rectangular graph gives %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := influence.KCore(ctx, complete(t, 3), nil); err == nil {
		t.Error("no error although the context has ended")
	}
}

func BenchmarkKCore(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		g := crowd(b, n, 20*n, true, false)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				kCore(b, g)
			}
			b.ReportMetric(float64(g.Arcs()), "arcs")
		})
	}
}
