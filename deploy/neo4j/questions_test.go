package neo4j_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"kith/api/analysis"
)

// askCommon holds what a house of any kind is asked against its Result.
func (a *analyst) askCommon(t *testing.T) {
	r, l := a.result, &a.result.Levels[0]
	c, members := a.community(t, "community")

	t.Run("choose", func(t *testing.T) {
		big := func(c uint32) int { return -min(int(l.Size[c]), 6) / 6 }
		order := among(r, func(c, d uint32) int {
			return cmp.Or(cmp.Compare(big(c), big(d)), cmp.Compare(l.ExpectedLoss[d], l.ExpectedLoss[c]),
				cmp.Compare(l.Risk[d], l.Risk[c]), cmp.Compare(l.Size[d], l.Size[c]))
		})
		if other, _ := a.community(t, "other"); c != order[0] || other != order[1] {
			t.Errorf("communities %s and %s are chosen, want %s and %s", l.IDs.At(c), l.IDs.At(other), l.IDs.At(order[0]), l.IDs.At(order[1]))
		}
		most := slices.MaxFunc(members, func(u, v uint32) int { return cmp.Or(cmp.Compare(r.Risk[u], r.Risk[v]), cmp.Compare(v, u)) })
		if a.params["customer"] != r.Customers.At(most) {
			t.Errorf("customer %v is chosen, want %s", a.params["customer"], r.Customers.At(most))
		}
	})
	t.Run("leader", func(t *testing.T) {
		rows := a.ask(t, "03-leader")
		leader := l.Leader[c]
		for i, row := range rows {
			u, ok := r.Customers.Find(row.text("follower"))
			if !ok || l.Of[u] != c || u == leader || r.Gone[u] || idOf(row["leader"]) != r.Customers.At(leader) {
				t.Errorf("%s follows %s in community %s", row.text("follower"), idOf(row["leader"]), l.IDs.At(c))
			}
			share := 0.0
			if a.calls() {
				share = a.both(leader, u) / a.strength(u)
			}
			if !near(row.number("share"), share) || !near(row.number("follows"), share*r.Susceptibility[u]) {
				t.Errorf("%s has a share of %v and follows by %v, want %v of %v", row.text("follower"), row["share"], row["follows"], share, r.Susceptibility[u])
			}
			if i > 0 && row.number("follows") > rows[i-1].number("follows") {
				t.Errorf("row %d follows more than the one before", i)
			}
		}
		staying := slices.DeleteFunc(slices.Clone(members), func(u uint32) bool { return u == leader || r.Gone[u] })
		if len(rows) != min(len(staying), 25) {
			t.Errorf("%d followers, want %d", len(rows), min(len(staying), 25))
		}
	})
	t.Run("losing", func(t *testing.T) {
		left, gone, all := make([]int, l.Count()), 0, 0
		for u, c := range l.Of {
			if c == analysis.None {
				continue
			}
			all++
			if r.Gone[u] {
				left[c]++
				gone++
			}
		}
		rate := float64(gone) / float64(all)
		beyond := func(c uint32) float64 { return float64(left[c]) - rate*float64(l.Size[c]) }
		order := among(r, func(c, d uint32) int { return cmp.Compare(beyond(d), beyond(c)) })
		order = slices.DeleteFunc(order, func(c uint32) bool { return left[c] == 0 })
		rows := a.ask(t, "04-losing")
		if len(rows) != min(25, len(order)) || len(rows) < 3 {
			t.Fatalf("%d communities of %d have lost some of the %d who left", len(rows), len(order), gone)
		}
		for i, row := range rows {
			c := order[i]
			leader := l.Leader[c]
			if row.text("community") != l.IDs.At(c) || row.number("left") != float64(left[c]) || !near(row.number("beyond"), beyond(c)) ||
				!near(row.number("risk"), l.Risk[c]) || row.text("leader") != r.Customers.At(leader) || row["leader_left"] != r.Gone[leader] {
				t.Errorf("row %d is %v, want %s, %d left, %v beyond", i, row, l.IDs.At(c), left[c], beyond(c))
			}
		}
	})
	t.Run("at risk", func(t *testing.T) {
		order := among(r, func(c, d uint32) int {
			return cmp.Or(cmp.Compare(l.ExpectedLoss[d], l.ExpectedLoss[c]), cmp.Compare(l.Risk[d], l.Risk[c]))
		})
		order = slices.DeleteFunc(order, func(c uint32) bool { return l.Risk[c] == 0 })
		rows := a.ask(t, "05-at-risk")
		if len(rows) != min(25, len(order)) || len(rows) < 3 {
			t.Fatalf("%d communities of %d", len(rows), len(order))
		}
		for i, row := range rows {
			if c := order[i]; row.text("community") != l.IDs.At(c) || !near(row.number("expected_loss"), l.ExpectedLoss[c]) || row.text("leader") != r.Customers.At(l.Leader[c]) {
				t.Errorf("row %d is %v, want community %s with %v", i, row, l.IDs.At(c), l.ExpectedLoss[c])
			}
		}
		first, _ := rows[0]["first"].([]any)
		dearest := slices.MaxFunc(l.MembersOf(order[0]), func(u, v uint32) int {
			return cmp.Or(cmp.Compare(r.Risk[u]*r.Spend[u], r.Risk[v]*r.Spend[v]), cmp.Compare(r.Risk[u], r.Risk[v]), cmp.Compare(v, u))
		})
		if len(first) == 0 || first[0] != r.Customers.At(dearest) {
			t.Errorf("%v are to be called first, want %s", first, r.Customers.At(dearest))
		}
	})
	t.Run("why", func(t *testing.T) {
		u, _ := r.Customers.Find(fmt.Sprint(a.params["customer"]))
		rows := a.ask(t, "07-why-risk")
		from, to := r.RiskOffsets[u], r.RiskOffsets[u+1]
		if len(rows) != int(to-from) || len(rows) == 0 {
			t.Fatalf("%d parts, want %d", len(rows), to-from)
		}
		if total := rows[0].number("own") + sum(rows, "adds") + rows[0].number("others"); !near(total, r.Risk[u]) || !near(rows[0].number("risk"), r.Risk[u]) {
			t.Errorf("the parts add up to %v and the risk is %v, want %v", total, rows[0]["risk"], r.Risk[u])
		}
		same(t, "because of", slices.Sorted(slices.Values(texts(rows, "because_of"))), slices.Sorted(slices.Values(a.names(r.RiskFrom[from:to]))))
		for _, row := range rows {
			way, _ := row["way"].(neo4j.Path)
			if n := len(way.Relationships); a.calls() && (n < 1 || n > 2 || idOf(way.Nodes[n]) != row.text("because_of")) {
				t.Errorf("the way to %s has %d ties", row.text("because_of"), n)
			}
			if v, ok := r.Customers.Find(row.text("because_of")); !ok || !r.Gone[v] {
				t.Errorf("%s has not left", row.text("because_of"))
			}
		}
	})
	t.Run("compare", func(t *testing.T) {
		d, others := a.community(t, "other")
		figures := map[string][2]any{}
		for _, row := range a.ask(t, "15-compare") {
			figures[row.text("figure")] = [2]any{row["here"], row["there"]}
		}
		gone := func(list []uint32) (n int64) {
			for _, u := range list {
				if r.Gone[u] {
					n++
				}
			}
			return n
		}
		between := 0.0
		for _, u := range members {
			for _, v := range others {
				if a.calls() {
					between += a.both(u, v)
				}
			}
		}
		want := map[string][2]any{
			"size": {int64(l.Size[c]), int64(l.Size[d])}, "risk": {l.Risk[c], l.Risk[d]}, "expected_loss": {l.ExpectedLoss[c], l.ExpectedLoss[d]},
			"leader": {r.Customers.At(l.Leader[c]), r.Customers.At(l.Leader[d])}, "left": {gone(members), gone(others)},
		}
		for figure, want := range want {
			if figures[figure] != want {
				t.Errorf("%s: %v, want %v", figure, figures[figure], want)
			}
		}
		if got := figures["weight of ties between"][0]; a.calls() && got != between {
			t.Errorf("the ties between weigh %v, want %v", got, between)
		}
	})
	t.Run("leaders", func(t *testing.T) {
		order := among(r, func(c, d uint32) int { return cmp.Compare(r.PageRank[l.Leader[d]], r.PageRank[l.Leader[c]]) })
		rows := a.ask(t, "11-leaders")
		for i, row := range rows {
			if c := order[i]; row.text("leader") != r.Customers.At(l.Leader[c]) || row.text("community") != l.IDs.At(c) {
				t.Errorf("leader %d is %v, want %s", i, row, r.Customers.At(l.Leader[c]))
			}
		}
		if len(rows) != min(25, len(order)) {
			t.Errorf("%d leaders of %d communities", len(rows), len(order))
		}
	})
	t.Run("run", func(t *testing.T) {
		rows := a.ask(t, "18-run")
		if len(rows) != 1 || rows[0].text("run") != r.Run.ID || rows[0].number("modularity") != r.Run.Quality["modularity"] {
			t.Errorf("the run is %v, want %s", rows, r.Run.ID)
		}
	})
}
