package analysis

import (
	"fmt"
	"slices"

	"kith/community/recommend"
	"kith/graph"
)

// Without is the Result without some customers, who are in no column of it any
// more, and without attributes of others that mention one of the ids. It has an
// identity of its own. Ties with them are gone too; what they
// added to somebody's risk goes to the part of those who are not listed. Figures
// of groups, such as densities and what a community buys, stay those of the
// analysis. It is the Result itself where nothing is left out.
func (r *Result) Without(gone func(id string) bool, ids ...string) (*Result, error) {
	var kept []uint32
	emptied := 0
	names, attributes := graph.NamesOf(nil), graph.NamesOf(nil)
	for u := range uint32(r.Customers.Len()) {
		if !gone(r.Customers.At(u)) {
			kept = append(kept, u)
			names.Append(r.Customers.At(u))
			text, members := graph.Unmention(r.Attributes.At(u), ids)
			attributes.Append(text)
			emptied += len(members)
		}
	}
	aliases := 0
	for i := range uint32(r.Aliases.Len()) {
		if gone(r.Aliases.At(i)) {
			aliases++
		}
	}
	if len(kept) == r.Customers.Len() && aliases == 0 && emptied == 0 {
		return r, nil
	}
	s := &selection{from: r, kept: kept, gone: gone}
	return s.result(names, attributes)
}

// Renamed is the Result with other ids and attributes of customers. New ids must
// differ from each other; customers are numbered anew by the byte order of them,
// and have no aliases.
func (r *Result) Renamed(id, attributes func(u uint32) string) (*Result, error) {
	ids := make([]string, r.Customers.Len())
	order := make([]uint32, len(ids))
	for u := range ids {
		ids[u], order[u] = id(uint32(u)), uint32(u)
	}
	slices.SortFunc(order, func(a, b uint32) int { return compareText(ids[a], ids[b]) })
	names, texts := graph.NamesOf(nil), graph.NamesOf(nil)
	for i, u := range order {
		if i > 0 && ids[order[i-1]] == ids[u] {
			return nil, fmt.Errorf("two customers would be called %q", ids[u])
		}
		names.Append(ids[u])
		texts.Append(attributes(u))
	}
	s := &selection{from: r, kept: order}
	return s.result(names, texts)
}

// selection makes a Result whose customer i is kept[i] of another.
type selection struct {
	from *Result
	kept []uint32
	// now is the new number of each customer, None for those left out.
	now []uint32
	// gone tells which aliases go; nil says all.
	gone func(id string) bool
}

func (s *selection) result(names, attributes *graph.Names) (*Result, error) {
	r := s.from
	s.now = make([]uint32, r.Customers.Len())
	for u := range s.now {
		s.now[u] = None
	}
	for i, u := range s.kept {
		s.now[u] = uint32(i)
	}
	n := &Result{
		Run: r.Run, Customers: names, Attributes: attributes, Products: r.Products, Catalogue: r.Catalogue,
		Role: pick(s, r.Role), Core: pick(s, r.Core),
		PageRank: pick(s, r.PageRank), Authority: pick(s, r.Authority), Dissemination: pick(s, r.Dissemination),
		OutDegree: pick(s, r.OutDegree), InDegree: pick(s, r.InDegree), Contacts: pick(s, r.Contacts),
		Gone: pick(s, r.Gone), Risk: pick(s, r.Risk), Susceptibility: pick(s, r.Susceptibility),
		RiskOwn: pick(s, r.RiskOwn), RiskOther: pick(s, r.RiskOther), Spend: pick(s, r.Spend),
	}
	for i := range r.Levels {
		n.Levels = append(n.Levels, s.level(&r.Levels[i]))
	}
	n.MembershipOffsets = []uint64{0}
	for _, u := range s.kept {
		from, to := r.MembershipOffsets[u], r.MembershipOffsets[u+1]
		n.MembershipCommunity = append(n.MembershipCommunity, r.MembershipCommunity[from:to]...)
		n.MembershipDegree = append(n.MembershipDegree, r.MembershipDegree[from:to]...)
		n.MembershipOffsets = append(n.MembershipOffsets, uint64(len(n.MembershipCommunity)))
	}
	s.risks(n)
	if r.Calls != nil {
		n.Calls = s.rows(r.Calls, s.now)
		s.degrees(n)
	}
	n.Bought = s.rows(r.Bought, nil)
	n.Recommend = s.index(n)
	s.aliases(n)
	var err error
	if n.Run.ID, err = n.Identity(); err != nil {
		return nil, fmt.Errorf("name the result: %w", err)
	}
	return n, n.Check()
}

func pick[T any](s *selection, column []T) []T {
	out := make([]T, len(s.kept))
	for i, u := range s.kept {
		out[i] = column[u]
	}
	return out
}

func (s *selection) level(from *Level) Level {
	l := *from
	l.Of = pick(s, from.Of)
	l.Size = make([]uint32, from.Count())
	l.MemberOffsets, l.Members = []uint64{0}, nil
	for c := range uint32(from.Count()) {
		begin := len(l.Members)
		for _, u := range from.MembersOf(c) {
			if s.now[u] != None {
				l.Members = append(l.Members, s.now[u])
			}
		}
		slices.Sort(l.Members[begin:])
		l.Size[c] = uint32(len(l.Members) - begin)
		l.MemberOffsets = append(l.MemberOffsets, uint64(len(l.Members)))
	}
	l.Leader, l.LeaderConfidence = s.leaders(from.Leader, from.LeaderConfidence)
	l.Disseminator, l.DisseminatorConfidence = s.leaders(from.Disseminator, from.DisseminatorConfidence)
	return l
}

// leaders are those of communities; one who is left out leaves none behind.
func (s *selection) leaders(who []uint32, confidence []float64) ([]uint32, []float64) {
	who, confidence = slices.Clone(who), slices.Clone(confidence)
	for c, u := range who {
		if u == None {
			continue
		}
		if who[c] = s.now[u]; who[c] == None {
			confidence[c] = 0
		}
	}
	return who, confidence
}

// risks fills the receipts of risks in; RiskOther has those of all customers
// already.
func (s *selection) risks(n *Result) {
	r := s.from
	n.RiskOffsets = []uint64{0}
	for i, u := range s.kept {
		for e := r.RiskOffsets[u]; e < r.RiskOffsets[u+1]; e++ {
			if v := s.now[r.RiskFrom[e]]; v == None {
				n.RiskOther[i] += r.RiskPart[e]
			} else {
				n.RiskFrom = append(n.RiskFrom, v)
				n.RiskPart = append(n.RiskPart, r.RiskPart[e])
			}
		}
		n.RiskOffsets = append(n.RiskOffsets, uint64(len(n.RiskFrom)))
	}
}

// rows are the rows of the customers who stay; now gives the new numbers of the
// targets where these are customers.
func (s *selection) rows(g *graph.Graph, now []uint32) *graph.Graph {
	n := &graph.Graph{Offsets: []uint64{0}, Cols: g.Cols, Undirected: g.Undirected}
	if now != nil {
		n.Cols = uint32(len(s.kept))
	}
	type arc struct {
		to     uint32
		weight float32
	}
	var row []arc
	for _, u := range s.kept {
		row = row[:0]
		weights := g.WeightsOf(u)
		for i, v := range g.Neighbours(u) {
			a := arc{v, 1}
			if weights != nil {
				a.weight = weights[i]
			}
			if now != nil {
				if a.to = now[v]; a.to == None {
					continue
				}
			}
			row = append(row, a)
		}
		slices.SortFunc(row, func(a, b arc) int { return int(int64(a.to) - int64(b.to)) })
		for _, a := range row {
			n.Targets = append(n.Targets, a.to)
			if g.Weights != nil {
				n.Weights = append(n.Weights, a.weight)
			}
		}
		n.Offsets = append(n.Offsets, uint64(len(n.Targets)))
	}
	return n
}

// aliases are those that stay, of customers who stay.
func (s *selection) aliases(n *Result) {
	if s.gone == nil {
		return
	}
	names := graph.NamesOf(nil)
	for i := range uint32(s.from.Aliases.Len()) {
		if u := s.now[s.from.AliasOf[i]]; u != None && !s.gone(s.from.Aliases.At(i)) {
			names.Append(s.from.Aliases.At(i))
			n.AliasOf = append(n.AliasOf, u)
		}
	}
	if names.Len() > 0 {
		n.Aliases = names
	}
}

// degrees takes the ties with those who are left out off the counts of the
// others, which are of calls where there are any.
func (s *selection) degrees(n *Result) {
	calls := s.from.Calls
	if calls.Arcs() == 0 {
		return
	}
	for u := range uint32(len(s.now)) {
		weights := calls.WeightsOf(u)
		for i, v := range calls.Neighbours(u) {
			from, to := s.now[u], s.now[v]
			if (from == None) == (to == None) {
				continue
			}
			weight := uint64(1)
			if weights != nil {
				weight = uint64(weights[i])
			}
			if from == None {
				n.InDegree[to]--
				n.Contacts[to] -= min(weight, n.Contacts[to])
			} else {
				n.OutDegree[from]--
				n.Contacts[from] -= min(weight, n.Contacts[from])
			}
		}
	}
}

func (s *selection) index(n *Result) *recommend.Index {
	x := s.from.Recommend
	index := &recommend.Index{
		Customers: len(s.kept), Products: x.Products, Prior: x.Prior, MinSupporters: x.MinSupporters,
		Buyers: x.Buyers, Levels: x.Levels, Everyone: x.Everyone, Similar: x.Similar,
	}
	for i := range n.Levels {
		index.Member = append(index.Member, n.Levels[i].Of)
	}
	if x.OverlapOffsets != nil {
		index.OverlapOffsets, index.OverlapCommunity, index.OverlapDegree = n.MembershipOffsets, n.MembershipCommunity, n.MembershipDegree
	}
	return index
}
