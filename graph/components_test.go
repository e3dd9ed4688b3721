package graph_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/gonum/graph/simple"
	"gonum.org/v1/gonum/graph/topo"
	"pgregory.net/rapid"

	"kith/graph"
)

func TestComponentsByHand(t *testing.T) {
	// 3→0, 1→4, 2 alone.
	g := build(t, graph.BuildOptions{Rows: 5}, []graph.Arc{{From: 3, To: 0, Weight: 1}, {From: 1, To: 4, Weight: 1}})
	labels, count := g.Components(nil)
	if diff := cmp.Diff([]uint32{0, 1, 2, 0, 1}, labels); diff != "" || count != 3 {
		t.Errorf("%d components, labels (-want +got):\n%s", count, diff)
	}
	if labels, count := (&graph.Graph{}).Components(nil); len(labels) != 0 || count != 0 {
		t.Errorf("an empty graph has components %v", labels)
	}
}

// The oracle is gonum's topo.ConnectedComponents.
func TestComponentsEqualGonum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Uint32Range(1, 30).Draw(t, "n")
		arcs := drawArcs(t, n, n)
		g := build(t, graph.BuildOptions{Rows: n}, arcs)
		oracle := simple.NewUndirectedGraph()
		for v := range n {
			oracle.AddNode(simple.Node(v))
		}
		for _, a := range arcsOf(g) {
			if a.From != a.To {
				oracle.SetEdge(simple.Edge{F: simple.Node(a.From), T: simple.Node(a.To)})
			}
		}
		labels, count := g.Components(nil)
		want := topo.ConnectedComponents(oracle)
		if count != len(want) {
			t.Fatalf("%d components, gonum finds %d", count, len(want))
		}
		seen := uint32(0)
		for _, l := range labels { // labels appear in ascending order
			if l > seen {
				t.Fatalf("label %d before %d in %v", l, seen, labels)
			}
			if l == seen {
				seen++
			}
		}
		for _, nodes := range want {
			for _, node := range nodes {
				if labels[node.ID()] != labels[nodes[0].ID()] {
					t.Fatalf("%d and %d are connected but labelled %v", node.ID(), nodes[0].ID(), labels)
				}
			}
		}
	})
}
