package influence

import (
	"context"
	"fmt"
	"slices"

	"kith/graph"
)

// Cores are the core numbers of a network.
type Cores struct {
	// Core is per vertex the largest k such that it belongs to the k-core.
	Core []uint32
	// Degeneracy is the largest of them, 0 for an empty graph.
	Degeneracy uint32
}

// coreWindow is the number of degrees that are kept in order at a time.
const coreWindow = 16

// KCore finds each vertex's core number: the largest k for which it belongs to
// a part of the network in which everybody has at least k partners in that part
// (S. B. Seidman, doi:10.1016/0378-8733(83)90028-X). The graph must be
// undirected; make a directed one so with Symmetric. Weights and loops don't
// count.
//
// Vertices are peeled off by rising degree, as by V. Batagelj and M. Zaversnik
// (arXiv:cs/0310049), but only those within 16 of the degree being peeled stand
// in buckets (ours); the others are looked through once every 16 degrees. What is
// lost by that is at most a 16th of a visit per arc, and what is gained is that
// taking a partner from a vertex of high degree touches one number and not four.
//
// O(n+m) time. Beside the result it holds 4 bytes per vertex and the buckets,
// some 4 bytes per vertex more. It runs on one goroutine. The numbers don't
// depend on the order of peeling. An isolated vertex has 0, a vertex of a
// complete graph the number of others; parts that aren't connected don't
// influence each other. progress, which may be nil, is told of the vertices that have
// been peeled off.
func KCore(ctx context.Context, g *graph.Graph, progress graph.Progress) (Cores, error) {
	if err := mutualTies(g); err != nil {
		return Cores{}, fmt.Errorf("k-core: %w", err)
	}
	p := peeling{g: g, left: make([]uint32, g.Rows()), rest: make([]uint32, g.Rows())}
	for v := range p.rest {
		p.rest[v] = uint32(v)
		p.left[v] = partners(g, uint32(v))
	}
	for len(p.rest) > 0 {
		if err := ctx.Err(); err != nil {
			return Cores{}, fmt.Errorf("k-core: %w", err)
		}
		p.open()
		for k := p.low; k < p.high; k++ {
			p.peel(k)
			progress.Report("k-core", p.peeled, int64(g.Rows()))
		}
	}
	c := Cores{Core: p.left}
	if len(c.Core) > 0 {
		c.Degeneracy = slices.Max(c.Core)
	}
	return c, nil
}

// partners counts the neighbours of v but v itself.
func partners(g *graph.Graph, v uint32) uint32 {
	row := g.Neighbours(v)
	d := uint32(len(row))
	if d > 64 {
		if _, ok := slices.BinarySearch(row, v); ok {
			d--
		}
		return d
	}
	for _, u := range row {
		if u == v {
			return d - 1
		}
	}
	return d
}

// peeling is a network that vertices are taken from.
type peeling struct {
	g *graph.Graph
	// left is the number of partners that a vertex has left, and of one that
	// is peeled off, its core number.
	left []uint32
	// rest has the vertices that had high partners or more when the window
	// was opened, and some that have been peeled off since.
	rest []uint32
	// Vertices with low to high-1 partners left stand in bucket left-low,
	// and may still stand in the buckets that they had before.
	low, high uint32
	buckets   [coreWindow][]uint32
	peeled    int64 // vertices that have been taken off
}

// open moves the window to the fewest partners that anybody has left.
func (p *peeling) open() {
	least := ^uint32(0)
	kept := p.rest[:0]
	for _, v := range p.rest {
		if d := p.left[v]; d >= p.high {
			kept = append(kept, v)
			least = min(least, d)
		}
	}
	p.rest = kept
	for i := range p.buckets {
		p.buckets[i] = p.buckets[i][:0]
	}
	if len(kept) == 0 {
		return
	}
	p.low, p.high = least, least+coreWindow
	kept = p.rest[:0]
	for _, v := range p.rest {
		if d := p.left[v]; d < p.high {
			p.buckets[d-p.low] = append(p.buckets[d-p.low], v)
		} else {
			kept = append(kept, v)
		}
	}
	p.rest = kept
}

// peel takes off the vertices that have k partners left, and those that come to
// have as few by that.
func (p *peeling) peel(k uint32) {
	left, high := p.left, p.high
	offsets, targets := p.g.Offsets, p.g.Targets
	queue := &p.buckets[k-p.low]
	for i := 0; i < len(*queue); i++ {
		v := (*queue)[i]
		if left[v] != k {
			continue // it was peeled off with fewer
		}
		p.peeled++
		for _, u := range targets[offsets[v]:offsets[v+1]] {
			d := left[u]
			if d <= k {
				continue
			}
			d--
			left[u] = d
			if d < high {
				p.buckets[d-p.low] = append(p.buckets[d-p.low], u)
			}
		}
	}
}
