package community

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kith/graph"
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

// Two triangles joined by one tie: in_c = 3, K_c = 7, m = 7, so that
// Q = 2·(3/7 - 1/4) = 5/14.
func TestLeidenOnTwoTriangles(t *testing.T) {
	g := undirected(t, 6, [][2]uint32{{0, 1}, {1, 2}, {0, 2}, {3, 4}, {4, 5}, {3, 5}, {2, 3}}, nil)
	h, err := Leiden(context.Background(), g, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := Partition{Of: []uint32{0, 0, 0, 1, 1, 1}, Count: 2}
	if diff := cmp.Diff(want, h.Top()); diff != "" {
		t.Errorf("communities (-want +got):\n%s", diff)
	}
	q, err := Modularity(g, h.Top(), 0)
	if err != nil || q < 5./14-1e-15 || q > 5./14+1e-15 {
		t.Errorf("modularity %v, %v; want 5/14", q, err)
	}
}
