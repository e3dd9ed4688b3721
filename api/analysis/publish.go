package analysis

import (
	"context"
	"fmt"

	"kith/graph"
)

// preferences is how many products per community go to the store.
const preferences = 20

// Publish saves the Result to dir and makes it the current one of the store, in
// this order: whoever finds its ID in the store finds its file. Files of former
// results are removed at the end. When it fails the former Result stays current.
func Publish(ctx context.Context, store graph.Store, dir string, r *Result, p graph.Progress) error {
	if err := Save(dir, r); err != nil {
		return err
	}
	if err := store.Publish(ctx, r.Findings(), p); err != nil {
		return fmt.Errorf("publish the result: %w", err)
	}
	return Prune(dir, r.Run.ID)
}

// Findings is the Result in the terms of the graph, for analysts.
func (r *Result) Findings() *graph.Findings {
	f := &graph.Findings{Run: r.Run.Run, Customers: r.customerFindings, Memberships: r.membershipFindings, Preferences: r.preferenceFindings}
	for i := range uint32(r.Aliases.Len()) {
		f.Aliases = append(f.Aliases, graph.Alias{ID: r.Aliases.At(i), Customer: r.Customers.At(r.AliasOf[i])})
	}
	for i := range r.Levels {
		l := &r.Levels[i]
		for c := range l.Count() {
			row := graph.CommunityFinding{
				ID: l.IDs.At(uint32(c)), Level: i, Size: int(l.Size[c]), Density: l.Density[c],
				Risk: l.Risk[c], ExpectedLoss: l.ExpectedLoss[c],
				Leader: r.customerID(l.Leader[c]), Disseminator: r.customerID(l.Disseminator[c]),
			}
			if l.Parent != nil {
				row.Parent = r.Levels[i+1].IDs.At(l.Parent[c])
			}
			f.Communities = append(f.Communities, row)
		}
	}
	return f
}

func (r *Result) customerID(u uint32) string {
	if u == None {
		return ""
	}
	return r.Customers.At(u)
}

func (r *Result) customerFindings(yield func(graph.CustomerFinding) bool) {
	finest := &r.Levels[0]
	for u := range uint32(r.Customers.Len()) {
		row := graph.CustomerFinding{
			ID: r.Customers.At(u), Role: r.Role[u].String(), Core: r.Core[u],
			PageRank: r.PageRank[u], Authority: r.Authority[u], Dissemination: r.Dissemination[u],
			Susceptibility: r.Susceptibility[u], ChurnRisk: r.Risk[u], OwnValue: r.Spend[u],
			Gone: r.Gone[u], RiskOwn: r.RiskOwn[u], RiskOther: r.RiskOther[u],
		}
		for i := r.RiskOffsets[u]; i < r.RiskOffsets[u+1]; i++ {
			row.RiskParts = append(row.RiskParts, graph.RiskPart{From: r.Customers.At(r.RiskFrom[i]), Part: r.RiskPart[i]})
		}
		if c := finest.Of[u]; c != None {
			row.Community = finest.IDs.At(c)
		}
		if !yield(row) {
			return
		}
	}
}

func (r *Result) membershipFindings(yield func(graph.Membership) bool) {
	finest := &r.Levels[0]
	for u := range uint32(r.Customers.Len()) {
		for i := r.MembershipOffsets[u]; i < r.MembershipOffsets[u+1]; i++ {
			c := r.MembershipCommunity[i]
			own := c == finest.Of[u]
			if !yield(graph.Membership{
				Customer: r.Customers.At(u), Community: finest.IDs.At(c), Degree: r.MembershipDegree[i],
				Core: own && r.Core[u], Leader: own && finest.Leader[c] == u,
			}) {
				return
			}
		}
	}
}

func (r *Result) preferenceFindings(yield func(graph.Preference) bool) {
	for i := range r.Levels {
		l, t := &r.Levels[i], &r.Recommend.Levels[i]
		for c := range uint32(t.Rows()) {
			from, to := t.Offsets[c], t.Offsets[c+1]
			for e := from; e < min(to, from+preferences); e++ {
				if !yield(graph.Preference{
					Community: l.IDs.At(c), Product: r.Products.At(t.Product[e]), Supporters: int(t.Supporters[e]),
					Support: float64(t.Supporters[e]) / float64(t.Size[c]), Lift: float64(t.Lift[e]), LiftLow: float64(t.LiftLow[e]),
				}) {
					return
				}
			}
		}
	}
}
