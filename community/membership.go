package community

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"kith/graph"
)

// Memberships are the degrees to which vertices belong to communities. Vertex v
// belongs to Community[i] by Degree[i] for i in Offsets[v]:Offsets[v+1]. Its
// own community, that of the disjoint partition, comes first and has the
// largest degree; others follow by falling degree, then by number. The degrees
// of a vertex add up to 1.
type Memberships struct {
	Offsets   []uint64
	Community []uint32
	Degree    []float64
}

// MembershipOptions of Overlapping. The zero value works.
type MembershipOptions struct {
	// Floor is the smallest degree that is kept. 0 means 0.1; a negative
	// value keeps all.
	Floor float64
}

// Overlapping turns a disjoint partition into degrees of membership (ours). The
// degree of v in community c is its share of tie weight into c, smoothed by one
// more tie to its own community, as heavy as its mean tie:
//
//	d(v,c) = (w(v,c) + [c = own]·k/ties) / (k + k/ties)
//
// so that a vertex with few ties does not hang between communities by chance.
// Degrees below the floor are dropped and the rest made to sum to 1. The own
// community is always kept and is the argmax: where another has a larger share
// (Leiden weighs a tie against the size of a community, this does not), the own
// degree is raised to that before the sum is made 1. Loops do not count. An
// isolated vertex belongs to its own community by 1. A directed graph, one with a
// weight that is negative, infinite or not a number, and a partition of another
// graph are refused.
//
// Time O(arcs + entries·log), memory O(communities) and the result; the same
// bits each time.
func Overlapping(g *graph.Graph, p Partition, o MembershipOptions) (*Memberships, error) {
	if err := checkPartition(g, p); err != nil {
		return nil, err
	}
	floor := o.Floor
	if floor == 0 {
		floor = 0.1
	}
	if !(floor < 1) {
		return nil, fmt.Errorf("the floor of membership is %g; give a number below 1", o.Floor)
	}
	m := &Memberships{Offsets: make([]uint64, len(p.Of)+1)}
	share := make([]float64, p.Count)
	type entry struct {
		community uint32
		degree    float64
	}
	var entries []entry
	var keys []uint32
	for v, own := range p.Of {
		keys, entries = keys[:0], entries[:0]
		sum, ties := 0.0, 0
		ws := g.WeightsOf(uint32(v))
		for i, t := range g.Neighbours(uint32(v)) {
			w := 1.0
			if ws != nil {
				w = float64(ws[i])
				if !(w >= 0 && w <= math.MaxFloat32) {
					return nil, errWeight
				}
			}
			if t == uint32(v) || w == 0 {
				continue
			}
			c := p.Of[t]
			if share[c] == 0 {
				keys = append(keys, c)
			}
			share[c] += w
			sum += w
			ties++
		}
		prior := 1.0
		if ties > 0 {
			prior = sum / float64(ties)
		}
		mine, largest := (share[own]+prior)/(sum+prior), 0.0
		for _, c := range keys {
			if d := share[c] / (sum + prior); c != own && d >= floor {
				entries = append(entries, entry{c, d})
				largest = max(largest, d)
			}
			share[c] = 0
		}
		mine = max(mine, largest)
		slices.SortFunc(entries, func(a, b entry) int {
			return cmp.Or(cmp.Compare(b.degree, a.degree), cmp.Compare(a.community, b.community))
		})
		kept := mine
		for _, e := range entries {
			kept += e.degree
		}
		m.Community = append(m.Community, own)
		m.Degree = append(m.Degree, mine/kept)
		for _, e := range entries {
			m.Community = append(m.Community, e.community)
			m.Degree = append(m.Degree, e.degree/kept)
		}
		m.Offsets[v+1] = uint64(len(m.Community))
	}
	return m, nil
}

// Of lists the communities of v and the degrees beside them. The slices are
// shared.
func (m *Memberships) Of(v uint32) (communities []uint32, degrees []float64) {
	from, to := m.Offsets[v], m.Offsets[v+1]
	return m.Community[from:to], m.Degree[from:to]
}
