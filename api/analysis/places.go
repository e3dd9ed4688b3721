package analysis

import (
	"context"

	"kith/community"
	"kith/graph"
	"kith/influence"
)

// contactGraph is the directed graph of who reaches whom, or the undirected ties
// where the house has no calls.
func (r *run) contactGraph() *graph.Graph {
	if r.basis == basisCalls {
		return r.net.Calls
	}
	return r.ties
}

// places finds leaders on every level, and each customer's ranks and role in
// its finest community.
func (r *run) places(ctx context.Context) error {
	contacts := r.contactGraph()
	turned := contacts
	if !contacts.Undirected {
		var err error
		if turned, err = contacts.Transpose(ctx, r.o.Threads); err != nil {
			return err
		}
	}
	for i := range r.Levels {
		if err := r.lead(ctx, i, contacts, turned); err != nil {
			return err
		}
	}
	ranks, err := influence.PageRank(ctx, contacts, influence.PageRankOptions{Transposed: turned, Threads: r.o.Threads, Progress: r.o.Progress})
	if err != nil {
		return err
	}
	r.PageRank = ranks.Score
	degrees, err := influence.Degree(ctx, contacts, influence.DegreeOptions{Transposed: turned, Threads: r.o.Threads})
	if err != nil {
		return err
	}
	r.OutDegree, r.InDegree = degrees.Out, degrees.In
	r.Contacts = make([]uint64, len(r.OutDegree))
	for u := range r.Contacts {
		if r.basis != basisCalls {
			break
		}
		r.Contacts[u] = uint64(degrees.OutStrength[u] + degrees.InStrength[u])
	}
	return nil
}

// lead fills the leaders and figures of one level, and from the finest level
// the columns per customer.
func (r *run) lead(ctx context.Context, i int, contacts, turned *graph.Graph) error {
	l, p := &r.Levels[i], r.partitions[i]
	standing, err := influence.Leaders(ctx, contacts, p.Of, p.Count, influence.LeaderOptions{Threads: r.o.Threads, Progress: r.o.Progress})
	if err != nil {
		return err
	}
	positions, err := influence.Roles(ctx, contacts, p.Of, p.Count, standing, influence.RoleOptions{Transposed: turned, Threads: r.o.Threads, Progress: r.o.Progress})
	if err != nil {
		return err
	}
	groups, err := influence.Groups(ctx, contacts, p.Of, p.Count, positions.Core, r.o.Threads)
	if err != nil {
		return err
	}
	for c := range l.Count() {
		l.Density = append(l.Density, groups[c].Density)
		l.CoreFraction = append(l.CoreFraction, groups[c].CoreFraction)
		l.Leader = append(l.Leader, standing.ByAuthority[c].Vertex)
		l.LeaderConfidence = append(l.LeaderConfidence, standing.ByAuthority[c].Confidence)
		l.Disseminator = append(l.Disseminator, standing.ByDissemination[c].Vertex)
		l.DisseminatorConfidence = append(l.DisseminatorConfidence, standing.ByDissemination[c].Confidence)
	}
	if i == 0 {
		r.Authority, r.Dissemination = standing.Authority, standing.Dissemination
		r.Role, r.Core = positions.Role, positions.Core
	}
	return nil
}

// memberships finds the degrees to which customers belong to the finest
// communities. A share that goes to a customer alone, who is no community, is
// left out and the rest made to sum to 1.
func (r *run) memberships(leaf community.Partition) error {
	m, err := community.Overlapping(r.ties, leaf, community.MembershipOptions{})
	if err != nil {
		return err
	}
	count := uint32(r.Levels[0].Count())
	r.MembershipOffsets = make([]uint64, len(leaf.Of)+1)
	for v := range leaf.Of {
		communities, degrees := m.Of(uint32(v))
		from := len(r.MembershipDegree)
		var sum float64
		for i, c := range communities {
			if c < count && r.Levels[0].Of[v] != None {
				r.MembershipCommunity = append(r.MembershipCommunity, c)
				r.MembershipDegree = append(r.MembershipDegree, degrees[i])
				sum += degrees[i]
			}
		}
		for i := from; i < len(r.MembershipDegree); i++ {
			r.MembershipDegree[i] /= sum
		}
		r.MembershipOffsets[v+1] = uint64(len(r.MembershipDegree))
	}
	return nil
}
