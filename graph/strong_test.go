package graph_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	gonum "gonum.org/v1/gonum/graph"
	"gonum.org/v1/gonum/graph/simple"
	"gonum.org/v1/gonum/graph/topo"
	"pgregory.net/rapid"

	"kith/graph"
	"kith/graph/graphtest"
)

func TestStrongComponents(t *testing.T) {
	arc := func(from, to uint32) graph.Arc { return graph.Arc{From: from, To: to, Weight: 1} }
	tests := []struct {
		name string
		n    uint32
		arcs []graph.Arc
		want []uint32
	}{
		{"empty", 0, nil, nil},
		{"one vertex", 1, nil, []uint32{0}},
		{"a loop", 2, []graph.Arc{arc(0, 0)}, []uint32{0, 1}},
		{"a chain", 3, []graph.Arc{arc(2, 1), arc(1, 0)}, []uint32{0, 1, 2}},
		{"a cycle", 3, []graph.Arc{arc(0, 1), arc(1, 2), arc(2, 0)}, []uint32{0, 0, 0}},
		// Two cycles, 0→3→0 and 1→2→4→1, with an arc from one to the other.
		{"two cycles", 5, []graph.Arc{arc(0, 3), arc(3, 0), arc(3, 2), arc(1, 2), arc(2, 4), arc(4, 1)}, []uint32{0, 1, 1, 0, 1}},
		// 1→2→3→1, 2→4→5→2 and the way round by 6, 7 and 0 meet one another.
		{"nested cycles", 8, []graph.Arc{arc(0, 1), arc(1, 2), arc(2, 3), arc(3, 1), arc(2, 4), arc(4, 5), arc(5, 2), arc(4, 6), arc(6, 7), arc(7, 0)},
			[]uint32{0, 0, 0, 0, 0, 0, 0, 0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g, _, err := graph.BuildArcs(t.Context(), graph.BuildOptions{Rows: tt.n}, tt.arcs)
			if err != nil {
				t.Fatal(err)
			}
			got, count := g.StrongComponents(nil)
			if !slices.Equal(got, tt.want) {
				t.Errorf("labels are %v, want %v", got, tt.want)
			}
			if want := len(slices.Compact(slices.Sorted(slices.Values(tt.want)))); count != want {
				t.Errorf("%d components, want %d", count, want)
			}
		})
	}
}

func TestStrongComponentsAgreeWithGonum(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := graphtest.Draw(rt, "graph", graphtest.DrawOptions{Vertices: 14, Arcs: 30, Undirected: rapid.Bool().Draw(rt, "undirected")})
		oracle := simple.NewDirectedGraph()
		for u := range g.Rows() {
			oracle.AddNode(simple.Node(u))
		}
		for u := range uint32(g.Rows()) {
			for _, v := range g.Neighbours(u) {
				if u != v {
					oracle.SetEdge(simple.Edge{F: simple.Node(u), T: simple.Node(v)})
				}
			}
		}
		want := make([]uint32, g.Rows())
		first := make([]uint32, g.Rows())
		for _, c := range topo.TarjanSCC(oracle) {
			least := slices.MinFunc(c, func(a, b gonum.Node) int { return int(a.ID() - b.ID()) })
			for _, v := range c {
				first[v.ID()] = uint32(least.ID())
			}
		}
		next := uint32(0)
		for v, f := range first {
			if f == uint32(v) {
				want[v] = next
				next++
			} else {
				want[v] = want[f]
			}
		}
		got, count := g.StrongComponents(nil)
		if diff := cmp.Diff(want, got); diff != "" || count != int(next) {
			rt.Fatalf("%d components, gonum finds %d (-gonum +got):\n%s", count, next, diff)
		}
		if g.Undirected {
			weak, _ := g.Components(nil)
			if !slices.Equal(weak, got) {
				rt.Fatalf("the undirected graph has components %v, strong %v", weak, got)
			}
		}
	})
}

func TestStrongComponentsOfLongPaths(t *testing.T) {
	const n = 100_000
	from, to := make([]uint32, n), make([]uint32, n)
	for v := range uint32(n) {
		from[v], to[v] = v, (v+1)%n
	}
	ring, _, err := graph.Build(t.Context(), graph.BuildOptions{Rows: n}, from, to, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, count := ring.StrongComponents(nil); count != 1 {
		t.Errorf("a ring has %d components", count)
	}
	chain, _, err := graph.Build(t.Context(), graph.BuildOptions{Rows: n}, from[:n-1], to[:n-1], nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, count := chain.StrongComponents(nil); count != n {
		t.Errorf("a chain of %d has %d components", n, count)
	}
}

func TestStrongComponentsOfRectangularPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic for a rectangular graph")
		}
	}()
	graphtest.SouthernWomen().Graph.StrongComponents(nil)
}

func BenchmarkStrongComponents(b *testing.B) {
	from, to := graphtest.RMAT(14, 16, 1)
	g, _, err := graph.Build(b.Context(), graph.BuildOptions{Rows: 1 << 14}, from, to, nil)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		g.StrongComponents(nil)
	}
}
