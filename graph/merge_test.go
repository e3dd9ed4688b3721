package graph_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"kith/graph"
)

// network has the customers a to e, and the products p and q. a calls b and d
// twice, b calls a and c, c calls d, d calls itself and a; e stands alone.
func network() *graph.Network {
	return &graph.Network{
		Customers:  graph.NamesOf([]string{"a", "b", "c", "d", "e"}),
		Attributes: graph.NamesOf([]string{"A", "B", "C", "D", "E"}),
		Products:   graph.NamesOf([]string{"p", "q"}),
		Catalogue:  []graph.Product{{ID: "p"}, {ID: "q"}},
		Calls: &graph.Graph{
			Offsets: []uint64{0, 2, 4, 5, 7, 7}, Cols: 5,
			Targets: []uint32{1, 3, 0, 2, 3, 0, 3}, Weights: []float32{2, 2, 1, 1, 1, 4, 8},
		},
		Bought: &graph.Graph{Offsets: []uint64{0, 1, 1, 2, 4, 4}, Cols: 2, Targets: []uint32{0, 1, 0, 1}},
		Viewed: &graph.Graph{Offsets: make([]uint64, 6), Cols: 2},
		Spend:  []float64{1, 2, 4, 8, 16},
	}
}

func TestMergeNetwork(t *testing.T) {
	n := network()
	got := n.Merge([]graph.Alias{
		{ID: "d", Customer: "b", Always: true}, {ID: "e", Customer: "a", Always: true}, // merged
		{ID: "c", Customer: "a"},                                                           // only at times
		{ID: "zoe", Customer: "a", Always: true}, {ID: "a", Customer: "zoe", Always: true}, // nobody here
	})
	want := &graph.Network{
		Customers:  graph.NamesOf([]string{"a", "b", "c"}),
		Attributes: graph.NamesOf([]string{"A", "B", "C"}),
		Products:   n.Products, Catalogue: n.Catalogue,
		Calls: &graph.Graph{
			Offsets: []uint64{0, 1, 4, 5}, Cols: 3,
			Targets: []uint32{1, 0, 1, 2, 1}, Weights: []float32{4, 5, 8, 1, 1}, // d's call to itself stays one
		},
		Bought: &graph.Graph{Offsets: []uint64{0, 1, 3, 4}, Cols: 2, Targets: []uint32{0, 0, 1, 1}},
		Viewed: &graph.Graph{Offsets: make([]uint64, 4), Cols: 2},
		Spend:  []float64{17, 10, 4},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(graph.Names{})); diff != "" {
		t.Errorf("the merged network (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(network(), n, cmp.AllowUnexported(graph.Names{})); diff != "" {
		t.Errorf("the network was written to (-want +got):\n%s", diff)
	}
}

func TestMergeOfNobodyIsFree(t *testing.T) {
	n := network()
	chained := []graph.Alias{{ID: "a", Customer: "b", Always: true}, {ID: "b", Customer: "a", Always: true}}
	for _, aliases := range [][]graph.Alias{nil, {{ID: "x", Customer: "a", Always: true}}, chained} {
		if n.Merge(aliases) != n {
			t.Errorf("%v made another network", aliases)
		}
	}
}
