package influence_test

import (
	"gonum.org/v1/gonum/graph/simple"
	"gonum.org/v1/gonum/mat"

	"kith/graph"
)

// undirectedGonum and directedGonum give an oracle the same graph without loops.
func undirectedGonum(g *graph.Graph) *simple.UndirectedGraph {
	o := simple.NewUndirectedGraph()
	for v := range g.Rows() {
		o.AddNode(simple.Node(v))
	}
	for u := range uint32(g.Rows()) {
		for _, v := range g.Neighbours(u) {
			if u != v {
				o.SetEdge(simple.Edge{F: simple.Node(u), T: simple.Node(v)})
			}
		}
	}
	return o
}

func directedGonum(g *graph.Graph) *simple.DirectedGraph {
	o := simple.NewDirectedGraph()
	for v := range g.Rows() {
		o.AddNode(simple.Node(v))
	}
	for u := range uint32(g.Rows()) {
		for _, v := range g.Neighbours(u) {
			if u != v {
				o.SetEdge(simple.Edge{F: simple.Node(u), T: simple.Node(v)})
			}
		}
	}
	return o
}

// dense is the matrix of weights: row u, column v has that of u→v.
func dense(g *graph.Graph) *mat.Dense {
	m := mat.NewDense(g.Rows(), g.Rows(), nil)
	for u := range uint32(g.Rows()) {
		w := g.WeightsOf(u)
		for i, v := range g.Neighbours(u) {
			x := 1.0
			if w != nil {
				x = float64(w[i])
			}
			m.Set(int(u), int(v), x)
		}
	}
	return m
}
