package graph

import (
	"cmp"
	"slices"
)

// Merge returns the network in which customers that are always another one have
// become part of that one: their arcs are summed under its name, what they spent is
// added, and arcs between the two are left out. A store keeps a node that
// has become another's record for a weight that was fixed at it; this is what makes
// each customer stand once all the same. A weight
// fixed at a record replaces its customer's tie as one fixed at the customer itself
// does, also where the customer is not in the network; of several that concern one tie
// see settled. Aliases that are
// not always so, of unknown ids, or otherwise for unknown customers change nothing. An
// alias of an alias is not followed.
//
// It returns n itself when nothing changes, and shares what it can otherwise. Time
// is O(n + m log d) for n customers and m arcs of degree at most d when something
// does, and O(aliases log n) otherwise.
func (n *Network) Merge(aliases []Alias) *Network {
	person := n.persons(aliases)
	if len(person) == 0 {
		return n
	}
	out := *n
	rows, place := out.rename(n, person)
	out.Spend = make([]float64, len(rows))
	for v, of := range rows {
		for _, u := range of {
			out.Spend[v] += n.Spend[u]
		}
	}
	out.Fixed = settled(n.Fixed, person)
	out.Calls = n.Calls.merge(rows, place, out.fixed(Called))
	out.Bought, out.Viewed = n.Bought.merge(rows, nil, out.fixed(Bought)), n.Viewed.merge(rows, nil, out.fixed(Viewed))
	return &out
}

// persons says who those are that are always another one: customers, and ids at which
// weights are fixed.
func (n *Network) persons(aliases []Alias) map[string]string {
	named := map[string]bool{}
	for _, f := range n.Fixed {
		named[f.From] = true
		named[f.To] = named[f.To] || f.Kind == Called
	}
	all := map[string]string{}
	for _, a := range aliases {
		if a.Always && a.ID != a.Customer {
			_, here := n.Customers.Find(a.ID)
			if here && !named[a.ID] {
				_, here = n.Customers.Find(a.Customer)
			}
			if here || named[a.ID] {
				all[a.ID] = a.Customer
			}
		}
	}
	person := map[string]string{}
	for id, customer := range all {
		if _, alias := all[customer]; !alias {
			person[id] = customer
		}
	}
	return person
}

// rename makes the customers those of n under their persons' names. It returns the
// former numbers of each, the person's own first, and the new number of each former one.
func (out *Network) rename(n *Network, person map[string]string) (rows [][]uint32, place []uint32) {
	out.Customers, out.Attributes = &Names{}, &Names{}
	var strangers []string // persons that only their records stand for
	for id, p := range person {
		_, here := n.Customers.Find(id)
		if _, known := n.Customers.Find(p); here && !known {
			strangers = append(strangers, p)
		}
	}
	slices.Sort(strangers)
	strangers = slices.Compact(strangers)
	add := func(id, attributes string, own ...uint32) {
		out.Customers.Append(id)
		out.Attributes.Append(attributes)
		rows = append(rows, own)
	}
	place = make([]uint32, n.Customers.Len())
	for u := range uint32(n.Customers.Len()) {
		id := n.Customers.At(u)
		for len(strangers) > 0 && strangers[0] < id {
			add(strangers[0], "")
			strangers = strangers[1:]
		}
		if _, gone := person[id]; !gone {
			place[u] = uint32(len(rows))
			add(id, n.Attributes.At(u), u)
		}
	}
	for _, p := range strangers {
		add(p, "")
	}
	for u := range uint32(n.Customers.Len()) {
		if p, gone := person[n.Customers.At(u)]; gone {
			place[u], _ = out.Customers.Find(p)
			rows[place[u]] = append(rows[place[u]], u)
		}
	}
	return rows, place
}

// arc is one to a target. A fixed one takes the place of all others to it.
type arc struct {
	to     uint32
	weight float64
	fixed  bool
}

// fixed are the arcs of a kind that were fixed by hand between those that are
// here, by customer.
func (n *Network) fixed(k Kind) map[uint32][]arc {
	arcs, targets := map[uint32][]arc{}, n.Products
	if k == Called {
		targets = n.Customers
	}
	for _, f := range n.Fixed {
		from, ok := n.Customers.Find(f.From)
		to, ok2 := targets.Find(f.To)
		if f.Kind == k && ok && ok2 {
			arcs[from] = append(arcs[from], arc{to, float64(f.Weight), true})
		}
	}
	return arcs
}

// merge sums rows, and renames targets by place unless it is nil, leaving out
// arcs that have come to lead back. Arcs that are fixed win, and those of 0 are none.
func (g *Graph) merge(rows [][]uint32, place []uint32, fixed map[uint32][]arc) *Graph {
	if g == nil {
		return nil
	}
	out := &Graph{Offsets: make([]uint64, 1, len(rows)+1), Cols: g.Cols, Undirected: g.Undirected}
	if place != nil {
		out.Cols = uint32(len(rows))
	}
	var arcs []arc
	for v, of := range rows {
		arcs = append(arcs[:0], fixed[uint32(v)]...)
		for _, u := range of {
			weights := g.WeightsOf(u)
			for i, to := range g.Neighbours(u) {
				a := arc{to: to, weight: 1}
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
			first, sum := arcs[i], 0.0
			for ; i < len(arcs) && arcs[i].to == first.to; i++ {
				sum += arcs[i].weight
			}
			if first.fixed {
				sum = first.weight
			}
			if sum > 0 || !first.fixed {
				out.Targets = append(out.Targets, first.to)
				out.Weights = append(out.Weights, float32(sum))
			}
		}
		out.Offsets = append(out.Offsets, uint64(len(out.Targets)))
	}
	if !slices.ContainsFunc(out.Weights, func(w float32) bool { return w != 1 }) {
		out.Weights = nil
	}
	return out
}

// settled are the weights fixed by hand under the names of persons, one for each
// tie. Of several that have come to concern one tie the one counts that was fixed at
// most of the persons themselves rather than at records of theirs; then the one whose
// ids come first in byte order, from before to. One between two records of
// one person is about nobody's tie.
func settled(list []Fixed, person map[string]string) []Fixed {
	type claim struct {
		Fixed
		own   Fixed // as it was fixed
		moved int   // how many of its ends are records of others
	}
	var claims []claim
	for _, f := range list {
		c := claim{f, f, 0}
		if p, record := person[f.From]; record {
			c.From = p
			c.moved++
		}
		if p, record := person[f.To]; record && f.Kind == Called {
			c.To = p
			c.moved++
		}
		if f.Kind != Called || c.From != c.To || f.From == f.To {
			claims = append(claims, c)
		}
	}
	about := func(a, b claim) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	}
	slices.SortFunc(claims, func(a, b claim) int {
		return cmp.Or(about(a, b), cmp.Compare(a.moved, b.moved), cmp.Compare(a.own.From, b.own.From), cmp.Compare(a.own.To, b.own.To))
	})
	claims = slices.CompactFunc(claims, func(a, b claim) bool { return about(a, b) == 0 })
	var out []Fixed
	for _, c := range claims {
		out = append(out, c.Fixed)
	}
	return out
}
