package neo4j_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"kith/api/analysis"
	"kith/graph"
	"kith/graph/graphtest"
	"kith/graph/neo4jstore/neo4jtest"
)

// askBuyers is for a house of purchases.
func (a *analyst) askBuyers(t *testing.T) {
	r, l := a.result, &a.result.Levels[0]
	c, members := a.community(t, "community")
	product, ok := r.Products.Find(fmt.Sprint(a.params["product"]))
	if !ok {
		t.Fatalf("$product is %v", a.params["product"])
	}
	var bought []graph.Preference // of the community
	for p := range r.Findings().Preferences {
		if p.Community == a.params["community"] {
			bought = append(bought, p)
		}
	}
	t.Run("popular", func(t *testing.T) {
		slices.SortFunc(bought, func(p, q graph.Preference) int {
			return cmp.Or(cmp.Compare(q.LiftLow, p.LiftLow), cmp.Compare(p.Product, q.Product))
		})
		rows := a.ask(t, "12-popular")
		if len(rows) != min(20, len(bought)) || len(rows) == 0 || a.params["product"] != rows[0].text("product") {
			t.Fatalf("%d products of %d, and %v is chosen", len(rows), len(bought), a.params["product"])
		}
		for i, row := range rows {
			if p := bought[i]; row.text("product") != p.Product || row.number("lift") != p.Lift || row.number("open") != float64(int(l.Size[c])-p.Supporters) {
				t.Errorf("product %d is %v, want %+v", i, row, p)
			}
		}
	})
	buyers := make([]int, l.Count())
	has := map[string]bool{}
	for u := range uint32(r.Customers.Len()) {
		if l.Of[u] != analysis.None && r.Bought.Weight(u, product) > 0 {
			buyers[l.Of[u]]++
			has[r.Customers.At(u)] = true
		}
	}
	order := among(r, func(c, d uint32) int {
		return cmp.Or(cmp.Compare(buyers[d], buyers[c]), cmp.Compare(float64(buyers[d])/float64(l.Size[d]), float64(buyers[c])/float64(l.Size[c])))
	})
	top := map[string]bool{}
	t.Run("buyers", func(t *testing.T) {
		rows := a.ask(t, "13-buyers")
		if len(rows) == 0 || rows[0].number("bought") < 2 {
			t.Fatalf("nobody bought %v: %v", a.params["product"], rows)
		}
		for i, row := range rows {
			if c := order[i]; row.text("community") != l.IDs.At(c) || row.number("bought") != float64(buyers[c]) {
				t.Errorf("row %d is %v, want %s with %d", i, row, l.IDs.At(c), buyers[c])
			}
			list, _ := row["buyers"].([]any)
			for _, b := range list {
				if !has[idOf(b)] {
					t.Errorf("%s did not buy it", idOf(b))
				}
			}
			if len(list) != min(15, int(row.number("bought"))) {
				t.Errorf("%d buyers of %v are drawn", len(list), row["bought"])
			}
			top[row.text("community")] = true
		}
	})
	t.Run("next buyers", func(t *testing.T) {
		rows := a.ask(t, "14-next-buyers")
		for i, row := range rows {
			u, _ := r.Customers.Find(row.text("customer"))
			c := l.Of[u]
			if has[row.text("customer")] || r.Gone[u] || row.text("community") != l.IDs.At(c) || buyers[c] == 0 ||
				!near(row.number("share"), float64(buyers[c])/float64(l.Size[c])) || i > 0 && row.number("share") > rows[i-1].number("share") {
				t.Errorf("row %d is %v", i, row)
			}
		}
		if len(rows) == 0 {
			t.Error("there is nobody to offer it to")
		}
	})
	t.Run("call list", func(t *testing.T) {
		rows := a.ask(t, "06-call-list")
		loss := 0.0
		for _, u := range members {
			loss += r.Risk[u] * r.Spend[u]
		}
		if len(rows) != min(25, len(members)) || !near(loss, l.ExpectedLoss[c]) || loss == 0 {
			t.Fatalf("%d rows of %d members, who stand to lose %v, in the result %v", len(rows), len(members), loss, l.ExpectedLoss[c])
		}
		if total := sum(rows, "loss"); total > loss*(1+1e-9) || len(members) <= 25 && !near(total, loss) || total < loss/4 {
			t.Errorf("the list makes up %v of %v", total, loss)
		}
		for i, row := range rows {
			u, _ := r.Customers.Find(row.text("customer"))
			if !near(row.number("loss"), r.Risk[u]*r.Spend[u]) || l.Of[u] != c || i > 0 && row.number("loss") > rows[i-1].number("loss") {
				t.Errorf("row %d is %v", i, row)
			}
		}
	})
}

// wholesaler is a house of real purchases, in which those who fell silent have left.
func wholesaler(t *testing.T, server *neo4jtest.Server) house {
	t.Helper()
	file, bought := abroad(t, graphtest.Data(t, "onlineretail/onlineretail_to_2011-08-31.csv.gz"))
	return open(t, server, input{"purchases", file}, input{"churn", silent(t, bought, 1, 120)})
}
