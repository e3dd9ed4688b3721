package graph

import (
	"cmp"
	"slices"
)

// Merge returns the network in which customers that are always another one have
// become part of that one: their arcs are summed under its name, what they spent is
// added, and arcs between the two are left out. A store keeps a node that
// has become another's record for a weight that was fixed at it; this is what makes
// each customer stand once all the same. Aliases that are
// not always so, of unknown ids, or for unknown customers change nothing. An alias
// of an alias is not followed.
//
// It returns n itself when nothing changes, and shares what it can otherwise. Time
// is O(n + m log d) for n customers and m arcs of degree at most d when something
// does, and O(aliases) otherwise.
func (n *Network) Merge(aliases []Alias) *Network {
	all, into := map[uint32]uint32{}, map[uint32]uint32{}
	for _, a := range aliases {
		from, ok := n.Customers.Find(a.ID)
		to, known := n.Customers.Find(a.Customer)
		if a.Always && ok && known && from != to {
			all[from] = to
		}
	}
	for from, to := range all {
		if _, alias := all[to]; !alias {
			into[from] = to
		}
	}
	if len(into) == 0 {
		return n
	}
	out := *n
	out.Customers, out.Attributes, out.Spend = &Names{}, &Names{}, nil
	// Who stands where now, and the rows of each that stays.
	place := make([]uint32, n.Customers.Len())
	var rows [][]uint32
	for u := range uint32(n.Customers.Len()) {
		if _, gone := into[u]; gone {
			continue
		}
		place[u] = uint32(len(rows))
		rows = append(rows, []uint32{u})
		out.Customers.Append(n.Customers.At(u))
		out.Attributes.Append(n.Attributes.At(u))
	}
	for u := range uint32(n.Customers.Len()) {
		if to, gone := into[u]; gone {
			place[u] = place[to]
			rows[place[u]] = append(rows[place[u]], u)
		}
	}
	for _, of := range rows {
		spent := 0.0
		for _, u := range of {
			spent += n.Spend[u]
		}
		out.Spend = append(out.Spend, spent)
	}
	out.Calls = n.Calls.merge(rows, place)
	out.Bought, out.Viewed = n.Bought.merge(rows, nil), n.Viewed.merge(rows, nil)
	return &out
}

// merge sums rows, and renames targets by place unless it is nil, leaving out
// arcs that have come to lead back.
func (g *Graph) merge(rows [][]uint32, place []uint32) *Graph {
	if g == nil {
		return nil
	}
	type arc struct {
		to     uint32
		weight float64
	}
	out := &Graph{Offsets: make([]uint64, 1, len(rows)+1), Cols: g.Cols, Undirected: g.Undirected}
	if place != nil {
		out.Cols = uint32(len(rows))
	}
	var arcs []arc
	for v, of := range rows {
		arcs = arcs[:0]
		for _, u := range of {
			weights := g.WeightsOf(u)
			for i, to := range g.Neighbours(u) {
				a := arc{to, 1}
				if weights != nil {
					a.weight = float64(weights[i])
				}
				if place != nil {
					a.to = place[to]
				}
				if place == nil || a.to != uint32(v) || to == u {
					arcs = append(arcs, a)
				}
			}
		}
		slices.SortStableFunc(arcs, func(a, b arc) int { return cmp.Compare(a.to, b.to) })
		for i := 0; i < len(arcs); {
			sum, to := 0.0, arcs[i].to
			for ; i < len(arcs) && arcs[i].to == to; i++ {
				sum += arcs[i].weight
			}
			out.Targets = append(out.Targets, to)
			out.Weights = append(out.Weights, float32(sum))
		}
		out.Offsets = append(out.Offsets, uint64(len(out.Targets)))
	}
	if !slices.ContainsFunc(out.Weights, func(w float32) bool { return w != 1 }) {
		out.Weights = nil
	}
	return out
}
