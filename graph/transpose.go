package graph

import (
	"context"
	"fmt"
	"math"
	"slices"
)

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
