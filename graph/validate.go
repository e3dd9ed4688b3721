package graph

import (
	"fmt"
	"math"
)

// Validate checks everything that the fields of Graph promise and returns the
// first breach, in O(m), or O(m log d) when the graph is undirected.
func (g *Graph) Validate() error {
	if len(g.Offsets) == 0 {
		if len(g.Targets) > 0 || len(g.Weights) > 0 {
			return fmt.Errorf("graph: %d arcs without offsets", len(g.Targets))
		}
		return nil
	}
	n := g.Rows()
	if g.Offsets[0] != 0 || g.Offsets[n] != uint64(len(g.Targets)) {
		return fmt.Errorf("graph: offsets run from %d to %d for %d arcs", g.Offsets[0], g.Offsets[n], len(g.Targets))
	}
	if g.Weights != nil && len(g.Weights) != len(g.Targets) {
		return fmt.Errorf("graph: %d weights for %d arcs", len(g.Weights), len(g.Targets))
	}
	if g.Undirected && uint64(n) != uint64(g.Cols) {
		return fmt.Errorf("graph: undirected with %d rows and %d columns", n, g.Cols)
	}
	for u := range n {
		if g.Offsets[u] > g.Offsets[u+1] || g.Offsets[u+1] > uint64(len(g.Targets)) {
			return fmt.Errorf("graph: offsets fall from %d to %d at row %d", g.Offsets[u], g.Offsets[u+1], u)
		}
		row := g.Neighbours(uint32(u))
		for i, v := range row {
			if v >= g.Cols {
				return fmt.Errorf("graph: row %d has target %d of %d", u, v, g.Cols)
			}
			if i > 0 && v <= row[i-1] {
				return fmt.Errorf("graph: row %d has target %d after %d", u, v, row[i-1])
			}
		}
		for i, w := range g.WeightsOf(uint32(u)) {
			if !(w > 0 && w <= math.MaxFloat32) {
				return fmt.Errorf("graph: arc %d→%d weighs %v", u, row[i], w)
			}
		}
	}
	if !g.Undirected {
		return nil
	}
	for u := range n {
		w := g.WeightsOf(uint32(u))
		for i, v := range g.Neighbours(uint32(u)) {
			k, ok := g.find(v, uint32(u))
			if !ok || (w != nil && g.Weights[k] != w[i]) {
				return fmt.Errorf("graph: undirected, but %d→%d has no mirror image of equal weight", u, v)
			}
		}
	}
	return nil
}
