package graph

import (
	"context"
	"fmt"
	"math"
	"slices"
)

// Bytes is the memory that the arrays of the graph take.
func (g *Graph) Bytes() int64 {
	return 8*int64(len(g.Offsets)) + 4*int64(len(g.Targets)) + 4*int64(len(g.Weights))
}

// Edges is the number of ties: arcs of a directed graph, and of an undirected
// one its edges with each loop counted once.
func (g *Graph) Edges() int64 {
	if !g.Undirected {
		return int64(len(g.Targets))
	}
	loops := int64(0)
	for u := range g.Rows() {
		if _, ok := g.find(uint32(u), uint32(u)); ok {
			loops++
		}
	}
	return (int64(len(g.Targets)) + loops) / 2
}

// find returns the place of the arc u→v.
func (g *Graph) find(u, v uint32) (uint64, bool) {
	k, ok := slices.BinarySearch(g.Neighbours(u), v)
	return g.Offsets[u] + uint64(k), ok
}

// Weight is the weight of the arc u→v, 0 when there is none, in O(log degree).
func (g *Graph) Weight(u, v uint32) float32 {
	k, ok := g.find(u, v)
	switch {
	case !ok:
		return 0
	case g.Weights == nil:
		return 1
	}
	return g.Weights[k]
}

// Strengths returns for each vertex the sum of the weights of its out-arcs, in
// the order of the targets, in float64; an undirected loop counts twice, so
// that the strengths of an undirected graph add up to twice its weight. O(m).
func (g *Graph) Strengths(threads int) []float64 {
	s := make([]float64, g.Rows())
	parts := rowParts(g)
	_ = each(context.Background(), threadsOr(threads), len(parts)-1, func(_, p int) {
		for u := parts[p]; u < parts[p+1]; u++ {
			row := g.Neighbours(u)
			sum := float64(len(row))
			if w := g.WeightsOf(u); w != nil {
				sum = 0
				for _, x := range w {
					sum += float64(x)
				}
			}
			if g.Undirected {
				if k, ok := slices.BinarySearch(row, u); ok {
					if w := g.WeightsOf(u); w != nil {
						sum += float64(w[k])
					} else {
						sum++
					}
				}
			}
			s[u] = sum
		}
	})
	return s
}

// TotalWeight is the sum of the weights of all ties, an undirected edge and
// its mirror image counted once. Rows are summed in order, so it is the same to
// the bit on every run.
func (g *Graph) TotalWeight(threads int) float64 {
	sum := 0.0
	for _, x := range g.Strengths(threads) {
		sum += x
	}
	if g.Undirected {
		sum /= 2
	}
	return sum
}

// rowParts cuts the rows into stretches of about equal numbers of arcs and
// rows; the cuts depend on the graph only. Part p is rows parts[p] to
// parts[p+1].
func rowParts(g *Graph) []uint32 {
	const work = 1 << 16
	parts := []uint32{0}
	n := uint32(g.Rows())
	begin := uint64(0)
	for u := uint32(0); u < n; {
		end := u + 1
		for end < n && g.Offsets[end+1]+uint64(end+1)-begin <= work {
			end++
		}
		begin = g.Offsets[end] + uint64(end)
		parts = append(parts, end)
		u = end
	}
	return parts
}

// Transpose returns the graph with every arc turned round; an undirected graph
// is its own transpose and is returned as it is. O(n+m) time; beside the result
// it holds 4 bytes for each column and thread (at most 8 threads).
func (g *Graph) Transpose(ctx context.Context, threads int) (*Graph, error) {
	if g.Undirected {
		return g, ctx.Err()
	}
	if len(g.Offsets) == 0 {
		return &Graph{Offsets: make([]uint64, uint64(g.Cols)+1)}, ctx.Err()
	}
	threads = min(threadsOr(threads), 8)
	if uint64(len(g.Targets)) > math.MaxUint32 {
		return nil, fmt.Errorf("transpose: %d arcs are more than %d", len(g.Targets), uint32(math.MaxUint32))
	}
	cuts := arcCuts(g, threads)
	counts := make([][]uint32, threads)
	err := each(ctx, threads, threads, func(_, t int) {
		n := make([]uint32, g.Cols)
		for _, v := range g.Targets[g.Offsets[cuts[t]]:g.Offsets[cuts[t+1]]] {
			n[v]++
		}
		counts[t] = n
	})
	if err != nil {
		return nil, err
	}
	out := &Graph{
		Offsets: make([]uint64, uint64(g.Cols)+1),
		Targets: make([]uint32, len(g.Targets)),
		Cols:    uint32(g.Rows()),
	}
	sum := uint32(0)
	for v := range g.Cols {
		out.Offsets[v] = uint64(sum)
		for t := range counts {
			counts[t][v], sum = sum, sum+counts[t][v]
		}
	}
	out.Offsets[g.Cols] = uint64(sum)
	if g.Weights != nil {
		out.Weights = make([]float32, len(g.Weights))
	}
	err = each(ctx, threads, threads, func(_, t int) {
		next := counts[t]
		for u := cuts[t]; u < cuts[t+1]; u++ {
			w := g.WeightsOf(u)
			for k, v := range g.Neighbours(u) {
				at := next[v]
				next[v] = at + 1
				out.Targets[at] = u
				if w != nil {
					out.Weights[at] = w[k]
				}
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// arcCuts cuts the rows into so many stretches of about equal numbers of arcs.
func arcCuts(g *Graph, parts int) []uint32 {
	cuts := make([]uint32, parts+1)
	n := g.Rows()
	for p := 1; p < parts; p++ {
		want := uint64(len(g.Targets)) / uint64(parts) * uint64(p)
		u, _ := slices.BinarySearch(g.Offsets, want)
		cuts[p] = max(uint32(min(u, n)), cuts[p-1])
	}
	cuts[parts] = uint32(n)
	return cuts
}

// Symmetric returns the undirected view of a directed graph: u-v is tied when
// u→v or v→u is, and the weights of both directions are merged (summed by
// default). A loop keeps its weight. An undirected graph is returned as it is.
// O(n+m) time; at its peak it holds the transpose beside the result.
func (g *Graph) Symmetric(ctx context.Context, m Merge, threads int) (*Graph, error) {
	if g.Undirected {
		return g, ctx.Err()
	}
	if uint32(g.Rows()) != g.Cols {
		return nil, fmt.Errorf("symmetric view: a graph of %d rows and %d columns has two kinds of vertices; project it first", g.Rows(), g.Cols)
	}
	if len(g.Offsets) == 0 {
		return &Graph{Undirected: true}, ctx.Err()
	}
	back, err := g.Transpose(ctx, threads)
	if err != nil {
		return nil, err
	}
	threads = threadsOr(threads)
	out := &Graph{Offsets: make([]uint64, len(g.Offsets)), Cols: g.Cols, Undirected: true}
	parts := rowParts(g)
	err = each(ctx, threads, len(parts)-1, func(_, p int) {
		for u := parts[p]; u < parts[p+1]; u++ {
			a, b := g.Neighbours(u), back.Neighbours(u)
			both, i, j := 0, 0, 0
			for i < len(a) && j < len(b) {
				x, y := a[i], b[j]
				if x == y {
					both++
				}
				if x <= y {
					i++
				}
				if y <= x {
					j++
				}
			}
			out.Offsets[u+1] = uint64(len(a) + len(b) - both)
		}
	})
	if err != nil {
		return nil, err
	}
	for u := 1; u < len(out.Offsets); u++ {
		out.Offsets[u] += out.Offsets[u-1]
	}
	arcs := out.Offsets[g.Rows()]
	out.Targets = make([]uint32, arcs)
	// Without weights, a sum is 2 where both directions exist.
	if m != MergeOnce && (g.Weights != nil || m == MergeSum) {
		out.Weights = make([]float32, arcs)
	}
	type finding struct{ other, over bool }
	found := make([]finding, len(parts))
	err = each(ctx, threads, len(parts)-1, func(_, p int) {
		f := finding{}
		for u := parts[p]; u < parts[p+1]; u++ {
			at := out.Offsets[u]
			a, b := g.Neighbours(u), back.Neighbours(u)
			wa, wb := g.WeightsOf(u), back.WeightsOf(u)
			for i, j := 0, 0; i < len(a) || j < len(b); at++ {
				fromA := j == len(b) || (i < len(a) && a[i] <= b[j])
				fromB := i == len(a) || (j < len(b) && b[j] <= a[i])
				x, y := float32(1), float32(1)
				var v uint32
				if fromB {
					v = b[j]
					if wb != nil {
						y = wb[j]
					}
					j++
				}
				if fromA {
					v = a[i]
					if wa != nil {
						x = wa[i]
					}
					i++
				}
				out.Targets[at] = v
				if out.Weights == nil {
					continue
				}
				w := x
				switch {
				case !fromA:
					w = y
				case fromB && v != u && m == MergeMax:
					w = max(x, y)
				case fromB && v != u:
					w = float32(float64(x) + float64(y))
				}
				out.Weights[at] = w
				f.other = f.other || w != 1
				f.over = f.over || w > math.MaxFloat32
			}
		}
		found[p] = f
	})
	if err != nil {
		return nil, err
	}
	other := false
	for _, f := range found {
		if f.over {
			return nil, &DataError{Column: "weight", Reason: "the weights of the two directions of a tie add up to more than 3.4e38; scale them down"}
		}
		other = other || f.other
	}
	if !other {
		out.Weights = nil
	}
	return out, nil
}

// Subgraph returns the graph induced by the vertices, which must stand in
// ascending order without repetition; vertex i of the result is vertices[i].
// The graph must be square. Time is O(Σ degree · log k) for k vertices, or
// O(n + Σ degree) where that is less.
func (g *Graph) Subgraph(vertices []uint32) (*Graph, error) {
	n := g.Rows()
	if uint32(n) != g.Cols {
		return nil, fmt.Errorf("subgraph: a graph of %d rows and %d columns has two kinds of vertices", n, g.Cols)
	}
	out := &Graph{Offsets: make([]uint64, len(vertices)+1), Cols: uint32(len(vertices)), Undirected: g.Undirected}
	degrees := uint64(0)
	for i, u := range vertices {
		if uint64(u) >= uint64(n) {
			return nil, fmt.Errorf("subgraph: vertex %d is not among the %d of the graph", u, n)
		}
		if i > 0 && u <= vertices[i-1] {
			return nil, fmt.Errorf("subgraph: vertex %d comes after %d; list the vertices in ascending order, each once", u, vertices[i-1])
		}
		degrees += g.Offsets[u+1] - g.Offsets[u]
	}
	place := func(v uint32) (uint32, bool) {
		i, ok := slices.BinarySearch(vertices, v)
		return uint32(i), ok
	}
	if degrees*8 > uint64(n) {
		const none = math.MaxUint32
		of := make([]uint32, n)
		for v := range of {
			of[v] = none
		}
		for i, v := range vertices {
			of[v] = uint32(i)
		}
		place = func(v uint32) (uint32, bool) { return of[v], of[v] != none }
	}
	out.Targets = make([]uint32, 0, min(degrees, uint64(len(vertices))*uint64(len(vertices))))
	if g.Weights != nil {
		out.Weights = make([]float32, 0, cap(out.Targets))
	}
	ones := true
	for i, u := range vertices {
		w := g.WeightsOf(u)
		for k, v := range g.Neighbours(u) {
			j, ok := place(v)
			if !ok {
				continue
			}
			out.Targets = append(out.Targets, j)
			if w != nil {
				out.Weights = append(out.Weights, w[k])
				ones = ones && w[k] == 1
			}
		}
		out.Offsets[i+1] = uint64(len(out.Targets))
	}
	if ones {
		out.Weights = nil
	}
	return out, nil
}

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
