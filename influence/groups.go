package influence

import (
	"context"
	"fmt"

	"kith/graph"
	"kith/influence/internal/sweep"
)

// Group has the figures of one community. Ratios that have nothing to divide by
// are 0.
type Group struct {
	Size int
	Core int // members of the core
	// Arcs counts the arcs between members, loops left out: an undirected
	// edge counts twice. CoreArcs counts those between members of the core.
	Arcs, CoreArcs int64
	// Density is Arcs/(n(n-1)), KernelDensity the same among the core.
	Density, KernelDensity float64
	// CoreFraction is the share of members who belong to the core.
	CoreFraction float64
}

// Groups counts the members and arcs of each community and of its core; core is
// per vertex, as Roles finds it. These are the group figures of IBM's Group
// Analysis, without its ranks, which Leaders has.
//
// O(n+m) time, 8 bytes per vertex of memory beside the result. Every figure is
// a ratio of whole numbers, the same for any number of threads (0 means
// GOMAXPROCS). An empty community has zeros, and so have isolated members'
// densities.
func Groups(ctx context.Context, g *graph.Graph, of []uint32, count int, core []bool, threads int) ([]Group, error) {
	m, err := newMembers(g, of, count)
	if err != nil {
		return nil, fmt.Errorf("groups: %w", err)
	}
	if len(core) != len(of) {
		return nil, fmt.Errorf("groups: core names %d vertices, but the graph has %d", len(core), len(of))
	}
	groups := make([]Group, count)
	sweep.Each(threads, count, func(_, i int) {
		if ctx.Err() != nil {
			return
		}
		c := m.bySize[i]
		f := Group{Size: len(m.in(c))}
		for _, u := range m.in(c) {
			if core[u] {
				f.Core++
			}
			for _, v := range g.Neighbours(u) {
				if of[v] != c || v == u {
					continue
				}
				f.Arcs++
				if core[u] && core[v] {
					f.CoreArcs++
				}
			}
		}
		f.Density = density(f.Arcs, f.Size)
		f.KernelDensity = density(f.CoreArcs, f.Core)
		if f.Size > 0 {
			f.CoreFraction = float64(f.Core) / float64(f.Size)
		}
		groups[c] = f
	})
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("groups: %w", err)
	}
	return groups, nil
}

func density(arcs int64, n int) float64 {
	if n < 2 {
		return 0
	}
	return float64(arcs) / (float64(n) * float64(n-1))
}
