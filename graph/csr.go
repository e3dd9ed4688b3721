package graph

// Graph is an immutable compressed sparse row (CSR) graph of dense vertices.
//
// The out-arcs of vertex u are Targets[Offsets[u]:Offsets[u+1]], in ascending
// order of target and without repetition. An undirected edge u-v is stored as
// the two arcs u→v and v→u of the same weight; an undirected loop u-u is stored
// once and adds twice its weight to the strength of u, as is usual for
// modularity.
//
// A Graph may be rectangular: the rows of a customer-product graph are
// customers and its targets are products. Rows then differs from Cols.
type Graph struct {
	// Offsets has Rows+1 entries; the last is the number of arcs.
	Offsets []uint64
	// Targets has one entry per arc, each below Cols.
	Targets []uint32
	// Weights has one positive, finite entry per arc, or is nil when every
	// arc weighs 1.
	Weights []float32
	// Cols is the number of vertices that targets can name.
	Cols uint32
	// Undirected says that every arc has its mirror image of equal weight.
	Undirected bool
}

// Rows is the number of vertices that have out-arcs.
func (g *Graph) Rows() int {
	if len(g.Offsets) == 0 {
		return 0
	}
	return len(g.Offsets) - 1
}

// Arcs is the number of stored arcs: twice the edges of an undirected graph
// less its loops.
func (g *Graph) Arcs() int { return len(g.Targets) }

// Neighbours returns the targets of u in ascending order. The slice is shared.
func (g *Graph) Neighbours(u uint32) []uint32 {
	return g.Targets[g.Offsets[u]:g.Offsets[u+1]]
}

// WeightsOf returns the weights that stand beside Neighbours(u), or nil when
// every arc weighs 1. The slice is shared.
func (g *Graph) WeightsOf(u uint32) []float32 {
	if g.Weights == nil {
		return nil
	}
	return g.Weights[g.Offsets[u]:g.Offsets[u+1]]
}

// Degree is the number of out-arcs of u.
func (g *Graph) Degree(u uint32) int { return int(g.Offsets[u+1] - g.Offsets[u]) }
