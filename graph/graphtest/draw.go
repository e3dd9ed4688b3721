package graphtest

import (
	"context"

	"pgregory.net/rapid"

	"kith/graph"
)

// DrawOptions bound the graphs that Draw makes.
type DrawOptions struct {
	// Vertices is the largest number of vertices; 0 means 12.
	Vertices int
	// Columns makes a rectangular graph of at most so many columns.
	Columns int
	// Arcs is the largest number of arcs before merging; 0 means four for
	// each vertex.
	Arcs       int
	Undirected bool
	Weighted   bool
	NoLoops    bool
}

// Draw makes a small random graph for a law, from empty to dense, with isolated
// vertices, repeated arcs and, where allowed, loops and awkward weights.
func Draw(t *rapid.T, label string, o DrawOptions) *graph.Graph {
	if o.Vertices == 0 {
		o.Vertices = 12
	}
	if o.Arcs == 0 {
		o.Arcs = 4 * o.Vertices
	}
	rows := rapid.IntRange(0, o.Vertices).Draw(t, label+" vertices")
	cols := rows
	if o.Columns > 0 {
		cols = rapid.IntRange(1, o.Columns).Draw(t, label+" columns")
	}
	opt := graph.BuildOptions{Rows: uint32(rows), Cols: uint32(cols), Undirected: o.Undirected, DropLoops: o.NoLoops}
	var arcs []graph.Arc
	if rows > 0 {
		arcs = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) graph.Arc {
			a := graph.Arc{
				From:   rapid.Uint32Range(0, uint32(rows)-1).Draw(t, "from"),
				To:     rapid.Uint32Range(0, uint32(cols)-1).Draw(t, "to"),
				Weight: 1,
			}
			if o.Weighted {
				a.Weight = rapid.SampledFrom([]float32{1, 2, 0.1, 0.3, 0.75, 7, 100, 1e-3}).Draw(t, "weight")
			}
			return a
		}), 0, o.Arcs).Draw(t, label+" arcs")
	}
	if !o.Weighted {
		opt.Merge = graph.MergeOnce
	}
	g, _, err := graph.BuildArcs(context.Background(), opt, arcs)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// Relabel returns the graph with vertex u called to[u], for the law that names
// have no influence. The graph must be square.
func Relabel(g *graph.Graph, to []uint32) *graph.Graph {
	var arcs []graph.Arc
	for u := range uint32(g.Rows()) {
		w := g.WeightsOf(u)
		for k, v := range g.Neighbours(u) {
			a := graph.Arc{From: to[u], To: to[v], Weight: 1}
			if w != nil {
				a.Weight = w[k]
			}
			arcs = append(arcs, a)
		}
	}
	out, _, err := graph.BuildArcs(context.Background(), graph.BuildOptions{Rows: uint32(g.Rows())}, arcs)
	if err != nil {
		panic(err)
	}
	out.Undirected = g.Undirected
	return out
}
