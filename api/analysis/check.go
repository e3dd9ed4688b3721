package analysis

import (
	"fmt"

	"kith/graph"
)

// Check says which column has the wrong shape or points outside the Result, or
// nil. Whoever publishes or decodes a Result calls it, so that no reader has to
// look before it indexes. Time O(size of the Result), no memory.
func (r *Result) Check() error {
	n, p := r.Customers.Len(), r.Products.Len()
	if r.Run.ID == "" {
		return fmt.Errorf("the result has no run id")
	}
	if len(r.Levels) == 0 {
		return fmt.Errorf("the result of run %s has no level of communities", r.Run.ID)
	}
	for _, c := range []struct {
		name      string
		got, want int
	}{
		{"Attributes", r.Attributes.Len(), n},
		{"Catalogue", len(r.Catalogue), p},
		{"AliasOf", len(r.AliasOf), r.Aliases.Len()},
		{"Role", len(r.Role), n},
		{"Core", len(r.Core), n},
		{"PageRank", len(r.PageRank), n},
		{"Authority", len(r.Authority), n},
		{"Dissemination", len(r.Dissemination), n},
		{"OutDegree", len(r.OutDegree), n},
		{"InDegree", len(r.InDegree), n},
		{"Contacts", len(r.Contacts), n},
		{"Gone", len(r.Gone), n},
		{"Risk", len(r.Risk), n},
		{"Susceptibility", len(r.Susceptibility), n},
		{"RiskOwn", len(r.RiskOwn), n},
		{"RiskOther", len(r.RiskOther), n},
		{"RiskPart", len(r.RiskPart), len(r.RiskFrom)},
		{"Spend", len(r.Spend), n},
		{"MembershipDegree", len(r.MembershipDegree), len(r.MembershipCommunity)},
	} {
		if c.got != c.want {
			return fmt.Errorf("column %s of run %s has %d entries instead of %d", c.name, r.Run.ID, c.got, c.want)
		}
	}
	for i, u := range r.AliasOf {
		if int64(u) >= int64(n) {
			return fmt.Errorf("column AliasOf of run %s, entry %d is %d and not below %d", r.Run.ID, i, u, n)
		}
	}
	if err := checkRows("Membership", r.MembershipOffsets, r.MembershipCommunity, n, r.Levels[0].Count()); err != nil {
		return err
	}
	if err := checkRows("Risk", r.RiskOffsets, r.RiskFrom, n, n); err != nil {
		return err
	}
	for _, g := range []struct {
		name       string
		graph      *graph.Graph
		rows, cols int
		optional   bool
	}{
		{"Calls", r.Calls, n, n, true},
		{"Bought", r.Bought, n, p, false},
	} {
		if g.graph == nil && g.optional {
			continue
		}
		if g.graph == nil {
			return fmt.Errorf("the result of run %s lacks the graph %s", r.Run.ID, g.name)
		}
		if err := checkRows(g.name, g.graph.Offsets, g.graph.Targets, g.rows, g.cols); err != nil {
			return err
		}
		if w := g.graph.Weights; w != nil && len(w) != len(g.graph.Targets) {
			return fmt.Errorf("the graph %s has %d weights for %d arcs", g.name, len(w), len(g.graph.Targets))
		}
	}
	if x := r.Recommend; x == nil || x.Customers != n || x.Products != p || len(x.Levels) != len(r.Levels) {
		return fmt.Errorf("the result of run %s lacks the index of recommendations of its customers, products and levels", r.Run.ID)
	}
	for i := range r.Levels {
		above := 0
		if i+1 < len(r.Levels) {
			above = r.Levels[i+1].Count()
		}
		if err := r.Levels[i].check(n, above); err != nil {
			return fmt.Errorf("level %d of run %s: %w", i, r.Run.ID, err)
		}
	}
	return nil
}

// check takes the number of customers and of the communities of the level
// above, 0 at the last.
func (l *Level) check(customers, above int) error {
	n := l.Count()
	for _, c := range []struct {
		name      string
		got, want int
	}{
		{"Of", len(l.Of), customers},
		{"IDs", l.IDs.Len(), n},
		{"Density", len(l.Density), n},
		{"CoreFraction", len(l.CoreFraction), n},
		{"Risk", len(l.Risk), n},
		{"ExpectedLoss", len(l.ExpectedLoss), n},
		{"Leader", len(l.Leader), n},
		{"Disseminator", len(l.Disseminator), n},
		{"LeaderConfidence", len(l.LeaderConfidence), n},
		{"DisseminatorConfidence", len(l.DisseminatorConfidence), n},
	} {
		if c.got != c.want {
			return fmt.Errorf("column %s has %d entries instead of %d", c.name, c.got, c.want)
		}
	}
	if above > 0 && len(l.Parent) != n || above == 0 && len(l.Parent) != 0 {
		return fmt.Errorf("column Parent has %d entries for %d communities below a level of %d", len(l.Parent), n, above)
	}
	for _, c := range []struct {
		name   string
		column []uint32
		below  int
		none   bool
	}{
		{"Of", l.Of, n, true},
		{"Parent", l.Parent, above, false},
		{"Leader", l.Leader, customers, true},
		{"Disseminator", l.Disseminator, customers, true},
	} {
		for i, v := range c.column {
			if int64(v) >= int64(c.below) && (!c.none || v != None) {
				return fmt.Errorf("column %s, entry %d is %d and not below %d", c.name, i, v, c.below)
			}
		}
	}
	if err := checkRows("Members", l.MemberOffsets, l.Members, n, customers); err != nil {
		return err
	}
	for c, size := range l.Size {
		if got := l.MemberOffsets[c+1] - l.MemberOffsets[c]; got != uint64(size) {
			return fmt.Errorf("community %d has size %d but %d members", c, size, got)
		}
	}
	return nil
}

// checkRows says whether offsets are those of so many rows over the targets,
// each below cols.
func checkRows(name string, offsets []uint64, targets []uint32, rows, cols int) error {
	if len(offsets) != rows+1 {
		return fmt.Errorf("the offsets of %s have %d entries instead of %d", name, len(offsets), rows+1)
	}
	if offsets[0] != 0 || offsets[rows] != uint64(len(targets)) {
		return fmt.Errorf("the offsets of %s run from %d to %d instead of 0 to %d", name, offsets[0], offsets[rows], len(targets))
	}
	for i := range rows {
		if offsets[i] > offsets[i+1] {
			return fmt.Errorf("the offsets of %s fall at row %d", name, i)
		}
	}
	for i, t := range targets {
		if int64(t) >= int64(cols) {
			return fmt.Errorf("entry %d of %s is %d and not below %d", i, name, t, cols)
		}
	}
	return nil
}
