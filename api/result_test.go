package api

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"kith/api/analysis"
	"kith/community/recommend"
	"kith/graph"
	"kith/influence"
)

// awkward are ids that go wrong where something is not escaped.
var awkward = []string{
	`"quoted"`, `+4477 0900`, `../up`, `100%25`, `<script>alert(1)</script>`, `a/b?c#d`, `a;b&c=d`, "tab\tnul\x00", `ünï 🎈`,
}

// made builds a Result of n customers in communities of size, four of which make
// one of level 1, over so many products. Customer i calls the next two of the
// community; the first of each community has left; everybody buys by a fixed
// pattern that leans on the community. Customer i has the id c and i in five
// digits, but for the first and the last ones, whose ids are awkward.
func made(t testing.TB, run string, n, size, products int) *analysis.Result {
	t.Helper()
	r := &analysis.Result{Run: analysis.Run{
		Run: graph.Run{
			ID: run, Seed: 7, Version: "test", Quality: map[string]float64{"modularity": .5},
			At: time.Date(2026, 3, 1, 2, 0, 41, 0, time.UTC), AsOf: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC),
		},
		Started:    time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC),
		Window:     graph.Window{From: time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)},
		Inputs:     []analysis.Input{{Kind: "calls", File: "calls.csv", Hash: "9b1e", Rows: 12}},
		Parameters: []analysis.Parameter{{Name: "resolution", Value: "1"}},
		Currency:   "EUR", BaseRisk: .1,
	}}
	ids := slices.Sorted(slices.Values(awkward))
	cut, _ := slices.BinarySearch(ids, "c")
	for i := range n - len(awkward) {
		ids = slices.Insert(ids, cut+i, fmt.Sprintf("c%05d", cut+i))
	}
	r.Customers = graph.NamesOf(ids)
	r.Attributes = graph.NamesOf(nil)
	for i := range n {
		r.Attributes.Append([]string{"", `{"plan":"prepaid","since":2019}`}[i%2])
	}
	var names []string
	for p := range products {
		names = append(names, fmt.Sprintf("p%04d", p))
		r.Catalogue = append(r.Catalogue, graph.Product{ID: names[p], Name: fmt.Sprintf("Product <%d>", p), Category: "plans", Price: float64(p) / 4})
	}
	r.Products = graph.NamesOf(names)
	r.Catalogue[0].Price, r.Catalogue[0].Name = -1, ""
	r.Catalogue[0].AvailableFrom = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

	fine := madeLevel(n, size, "c0-")
	coarse := madeLevel(n, 4*size, "c1-")
	for c := range fine.Count() {
		fine.Parent = append(fine.Parent, uint32(c/4))
	}
	r.Levels = []analysis.Level{fine, coarse}
	r.Calls = &graph.Graph{Cols: uint32(n), Offsets: []uint64{0}}
	r.Bought = &graph.Graph{Cols: uint32(products), Offsets: []uint64{0}}
	r.MembershipOffsets, r.RiskOffsets = []uint64{0}, []uint64{0}
	for u := range n {
		c := u / size
		first, last := c*size, min((c+1)*size, n)
		for v := u + 1; v < min(u+3, last); v++ {
			r.Calls.Targets = append(r.Calls.Targets, uint32(v))
			r.Calls.Weights = append(r.Calls.Weights, float32(1+(u+v)%5))
		}
		r.Calls.Offsets = append(r.Calls.Offsets, uint64(len(r.Calls.Targets)))
		for p := range products {
			if (u*7+p*3)%5 == 0 && (p%7 == c%7 || u%3 == 0) {
				r.Bought.Targets = append(r.Bought.Targets, uint32(p))
			}
		}
		r.Bought.Offsets = append(r.Bought.Offsets, uint64(len(r.Bought.Targets)))

		r.MembershipCommunity = append(r.MembershipCommunity, uint32(c))
		r.MembershipDegree = append(r.MembershipDegree, 1)
		if other := (c + 1) % fine.Count(); u%4 == 0 && other != c {
			r.MembershipDegree[len(r.MembershipDegree)-1] = .75
			r.MembershipCommunity = append(r.MembershipCommunity, uint32(other))
			r.MembershipDegree = append(r.MembershipDegree, .25)
		}
		r.MembershipOffsets = append(r.MembershipOffsets, uint64(len(r.MembershipCommunity)))

		gone := u == first
		own, part, other := float64(u%10)/40, .02*float64(1+u%3), .01
		if gone {
			own, part, other = 0, 0, 0
		} else {
			r.RiskFrom, r.RiskPart = append(r.RiskFrom, uint32(first)), append(r.RiskPart, part)
		}
		r.RiskOffsets = append(r.RiskOffsets, uint64(len(r.RiskFrom)))
		r.RiskOwn, r.RiskOther = append(r.RiskOwn, own), append(r.RiskOther, other)
		r.Risk = append(r.Risk, own+part+other)
		r.Gone, r.Core = append(r.Gone, gone), append(r.Core, u%3 == 0)
		r.Susceptibility = append(r.Susceptibility, float64(u%7)/7)
		r.PageRank, r.Authority = append(r.PageRank, 1/float64(n)), append(r.Authority, 1/float64(size))
		r.Dissemination = append(r.Dissemination, 1/float64(size))
		r.OutDegree, r.InDegree = append(r.OutDegree, 2), append(r.InDegree, 2)
		r.Contacts = append(r.Contacts, uint64(10+u%50))
		r.Spend = append(r.Spend, float64(u%100)*1.25)
		role := influence.Follower
		if u == first+1 {
			role = influence.Leading
		}
		r.Role = append(r.Role, role)
	}
	supporters := 0 // the default, of which few customers have too few
	if n < 1000 {
		supporters = 2
	}
	x, err := recommend.Build(context.Background(), recommend.Input{
		Bought: r.Bought, Levels: [][]uint32{r.Levels[0].Of, r.Levels[1].Of}, Counts: []int{r.Levels[0].Count(), r.Levels[1].Count()},
		OverlapOffsets: r.MembershipOffsets, OverlapCommunity: r.MembershipCommunity, OverlapDegree: r.MembershipDegree,
	}, recommend.Options{MinSupporters: supporters})
	if err != nil {
		t.Fatal(err)
	}
	r.Recommend = x
	return r
}

func madeLevel(n, size int, prefix string) analysis.Level {
	l := analysis.Level{IDs: graph.NamesOf(nil), MemberOffsets: []uint64{0}}
	for u := range n {
		l.Of = append(l.Of, uint32(u/size))
		l.Members = append(l.Members, uint32(u))
	}
	for c := 0; c*size < n; c++ {
		first, last := c*size, min((c+1)*size, n)
		l.IDs.Append(fmt.Sprintf("%s%d", prefix, c))
		l.Size = append(l.Size, uint32(last-first))
		l.MemberOffsets = append(l.MemberOffsets, uint64(last))
		l.Density = append(l.Density, 2/float64(size))
		l.CoreFraction = append(l.CoreFraction, 1/3.)
		l.Risk = append(l.Risk, float64(c*5%11)/40)
		l.ExpectedLoss = append(l.ExpectedLoss, float64(c*3%7)*100)
		leader, confidence := uint32(min(first+1, last-1)), 4.5
		if c%5 == 4 {
			leader, confidence = analysis.None, 0
		}
		l.Leader, l.LeaderConfidence = append(l.Leader, leader), append(l.LeaderConfidence, confidence)
		l.Disseminator, l.DisseminatorConfidence = append(l.Disseminator, leader), append(l.DisseminatorConfidence, confidence)
	}
	return l
}

// small is the Result of most tests: 30 customers in 5 communities of level 0
// and 2 of level 1, 12 products.
func small(t testing.TB, run string) *analysis.Result {
	t.Helper()
	return made(t, run, 30, 6, 12)
}
