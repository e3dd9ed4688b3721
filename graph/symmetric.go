package graph

import (
	"context"
	"fmt"
	"math"
)

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
