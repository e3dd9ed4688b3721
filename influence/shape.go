package influence

import (
	"context"
	"fmt"

	"kith/graph"
)

// square refuses a graph whose rows and columns are different things.
func square(g *graph.Graph) error {
	if uint64(g.Rows()) != uint64(g.Cols) {
		return fmt.Errorf("the graph has %d rows and %d columns; project it to one kind of vertex first", g.Rows(), g.Cols)
	}
	return nil
}

// turned returns the transpose of g: the one at hand, g itself when it is
// undirected, or one made here.
func turned(ctx context.Context, g, have *graph.Graph, threads int) (*graph.Graph, error) {
	if g.Undirected || g.Rows() == 0 {
		return g, nil
	}
	if have == nil {
		return g.Transpose(ctx, threads)
	}
	if have.Rows() != g.Rows() || have.Cols != g.Cols || have.Arcs() != g.Arcs() {
		return nil, fmt.Errorf("the transposed graph has %d vertices and %d arcs, the graph %d and %d; they don't belong together", have.Rows(), have.Arcs(), g.Rows(), g.Arcs())
	}
	return have, nil
}

// mutualTies refuses a graph that isn't square and undirected.
func mutualTies(g *graph.Graph) error {
	if err := square(g); err != nil {
		return err
	}
	if !g.Undirected && g.Arcs() > 0 {
		return fmt.Errorf("the graph is directed; take its Symmetric view")
	}
	return nil
}
