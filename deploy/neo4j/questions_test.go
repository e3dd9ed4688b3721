package neo4j_test

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"kith/api/analysis"
	"kith/graph"
	"kith/graph/graphtest"
	"kith/graph/neo4jstore/neo4jtest"
)

// row is one row of an answer, by column.
type row map[string]any

func (r row) text(column string) string {
	s, _ := r[column].(string)
	return s
}

func (r row) number(column string) float64 {
	switch v := r[column].(type) {
	case int64:
		return float64(v)
	case float64:
		return v
	}
	return math.NaN()
}

func texts(rows []row, column string) []string {
	list := make([]string, len(rows))
	for i, r := range rows {
		list[i] = r.text(column)
	}
	return list
}

func sum(rows []row, column string) float64 {
	total := 0.0
	for _, r := range rows {
		total += r.number(column)
	}
	return total
}

// analyst asks the favourites about a house.
type analyst struct {
	house
	params map[string]any
	driver neo4j.DriverWithContext
}

// choosing is the query inside the :param command of the first favourite.
var choosing = regexp.MustCompile(`(?s):param \[\{([a-z, ]+)\}\] => (\{.*\})\s*$`)

// sit begins as the guide says: with the first favourite.
func sit(t *testing.T, h house) *analyst {
	t.Helper()
	a := &analyst{h, map[string]any{}, h.server.Driver()}
	m := choosing.FindStringSubmatch(string(favourites(t)[0].Text))
	if m == nil {
		t.Fatal("the first favourite sets no parameters")
	}
	query := strings.TrimSuffix(strings.TrimPrefix(m[2], "{"), "}")
	chosen := a.run(t, "01-choose", query, true)
	if len(chosen) != 1 || len(chosen[0]) != len(strings.Split(m[1], ", ")) {
		t.Fatalf("the first favourite chooses %v", chosen)
	}
	for _, name := range strings.Split(m[1], ", ") {
		a.params[name] = chosen[0][name]
	}
	return a
}

// ask runs a favourite.
func (a *analyst) ask(t *testing.T, name string) []row {
	t.Helper()
	for _, f := range favourites(t) {
		if f.Name == name {
			return a.run(t, name, string(f.Text), !strings.Contains(f.Title, "writes"))
		}
	}
	t.Fatalf("there is no favourite %s", name)
	return nil
}

// run looks at the plan, too: a favourite begins at an index or with the handful
// of communities, and never goes through all nodes or ties. What it returns can be
// drawn: at most 300 nodes, which is where Neo4j Browser stops.
func (a *analyst) run(t *testing.T, name, query string, reads bool) []row {
	t.Helper()
	ctx := t.Context()
	session := a.driver.NewSession(ctx, neo4j.SessionConfig{})
	defer session.Close(ctx)
	result, err := session.Run(ctx, "EXPLAIN "+query, a.params)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	summary, err := result.Consume(ctx)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	plan := fmt.Sprint(summary.Plan().Arguments()["string-representation"])
	scans := regexp.MustCompile(`(?m)\+(AllNodesScan|\w*RelationshipTypeScan|\w*AllRelationshipsScan|NodeByLabelScan)[^|]*\|[^|]*\|([^|]*)`).FindAllStringSubmatch(plan, -1)
	for _, scan := range scans {
		if scan[1] != "NodeByLabelScan" || !strings.Contains(scan[2], ":Community") && !strings.Contains(scan[2], ":Run") {
			t.Errorf("%s is planned with %s of %s", name, scan[1], strings.TrimSpace(scan[2]))
		}
	}
	if !strings.Contains(plan, "ProduceResults") {
		t.Fatalf("%s: there is no plan in %s", name, plan)
	}
	work := func(tx neo4j.ManagedTransaction) (any, error) {
		result, err := tx.Run(ctx, query, a.params)
		if err != nil {
			return nil, err
		}
		return result.Collect(ctx)
	}
	var records any
	if reads {
		records, err = session.ExecuteRead(ctx, work)
	} else {
		records, err = session.ExecuteWrite(ctx, work)
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	var rows []row
	drawn := map[string]bool{}
	for _, r := range records.([]*neo4j.Record) {
		rows = append(rows, r.AsMap())
		draw(drawn, r.Values...)
	}
	if len(rows) > 300 || len(drawn) > 300 {
		t.Errorf("%s gives %d rows with %d nodes", name, len(rows), len(drawn))
	}
	return rows
}

// draw notes the nodes among values.
func draw(drawn map[string]bool, values ...any) {
	for _, v := range values {
		switch v := v.(type) {
		case neo4j.Node:
			drawn[v.ElementId] = true
		case []any:
			draw(drawn, v...)
		case neo4j.Path:
			for _, n := range v.Nodes {
				drawn[n.ElementId] = true
			}
		}
	}
}

func idOf(v any) string {
	n, _ := v.(neo4j.Node)
	id, _ := n.Props["id"].(string)
	return id
}

// near says whether two figures are the same but for rounding.
func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(a), math.Abs(b)) }

// community is the number of a community, and who is in it.
func (a *analyst) community(t *testing.T, param string) (uint32, []uint32) {
	t.Helper()
	c := a.numbered(fmt.Sprint(a.params[param]))
	if c == analysis.None {
		t.Fatalf("$%s is %v, which is no community of the result", param, a.params[param])
	}
	return c, a.result.Levels[0].MembersOf(c)
}

// numbered is the number of a community of the finest level.
func (a *analyst) numbered(id string) uint32 {
	l := &a.result.Levels[0]
	for c := range uint32(l.Count()) {
		if l.IDs.At(c) == id {
			return c
		}
	}
	return analysis.None
}

func (a *analyst) names(customers []uint32) []string {
	list := make([]string, len(customers))
	for i, u := range customers {
		list[i] = a.result.Customers.At(u)
	}
	return list
}

// calls says whether the house has any.
func (a *analyst) calls() bool { return a.result.Calls != nil && a.result.Calls.Arcs() > 0 }

// both is the weight of the ties between two customers, in both directions.
func (a *analyst) both(u, v uint32) float64 {
	return float64(a.result.Calls.Weight(u, v)) + float64(a.result.Calls.Weight(v, u))
}

// strength is the weight of all ties of a customer, in both directions.
func (a *analyst) strength(u uint32) float64 {
	total := 0.0
	for v := range uint32(a.result.Customers.Len()) {
		if v != u {
			total += a.both(u, v)
		}
	}
	return total
}

// among orders communities of the finest level by better, worst last.
func among(r *analysis.Result, better func(c, d uint32) int) []uint32 {
	list := make([]uint32, r.Levels[0].Count())
	for c := range list {
		list[c] = uint32(c)
	}
	slices.SortFunc(list, func(c, d uint32) int {
		return cmp.Or(better(c, d), cmp.Compare(r.Levels[0].IDs.At(c), r.Levels[0].IDs.At(d)))
	})
	return list
}

func same[T comparable](t *testing.T, what string, got, want []T) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

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

// askCallers is for a house of calls.
func (a *analyst) askCallers(t *testing.T, list []message) {
	r, l := a.result, &a.result.Levels[0]
	c, members := a.community(t, "community")
	inside := map[string]bool{}
	for _, name := range a.names(members) {
		inside[name] = true
	}
	// The first contact of each member to another, and ties, from the file itself.
	came := map[string]time.Time{}
	ties := map[[2]string]time.Time{}
	for _, m := range list {
		if m.from == m.to || !inside[m.from] || !inside[m.to] {
			continue
		}
		pair := [2]string{m.from, m.to}
		if at, ok := ties[pair]; !ok || m.at.Before(at) {
			ties[pair] = m.at
		}
		for _, who := range []string{m.from, m.to} {
			if at, ok := came[who]; !ok || m.at.Before(at) {
				came[who] = m.at
			}
		}
	}
	t.Run("community", func(t *testing.T) {
		rows := a.ask(t, "02-community")
		same(t, "members", slices.Sorted(slices.Values(texts(rows, "customer"))), a.names(members))
		arcs := 0
		for _, row := range rows {
			list, _ := row["ties"].([]any)
			arcs += len(list)
			if u, _ := r.Customers.Find(row.text("customer")); row["gone"] != r.Gone[u] || row.text("role") != r.Role[u].String() {
				t.Errorf("%s is %v, gone %v", row.text("customer"), row["role"], row["gone"])
			}
		}
		if arcs != len(ties) {
			t.Errorf("%d ties within, want %d", arcs, len(ties))
		}
	})
	t.Run("origin", func(t *testing.T) {
		rows := a.ask(t, "08-origin")
		if len(rows) != len(came) || len(rows) == 0 {
			t.Errorf("%d came, want %d", len(rows), len(came))
		}
		for i, row := range rows {
			at, _ := row["at"].(time.Time)
			if !at.Equal(came[row.text("came")]) || !inside[row.text("through")] || i > 0 && at.Before(rows[i-1]["at"].(time.Time)) {
				t.Errorf("%s came at %v through %s, want %v", row.text("came"), row["at"], row.text("through"), came[row.text("came")])
			}
		}
	})
	t.Run("growth", func(t *testing.T) {
		rows := a.ask(t, "09-growth")
		last := rows[len(rows)-1]
		if last.number("members") != float64(len(came)) || last.number("ties") != float64(len(ties)) ||
			sum(rows, "new_members") != float64(len(came)) || sum(rows, "new_ties") != float64(len(ties)) {
			t.Errorf("the community grew to %v members and %v ties, want %d and %d", last["members"], last["ties"], len(came), len(ties))
		}
	})
	t.Run("bridges", func(t *testing.T) {
		type pair struct{ u, into uint32 }
		weights := map[pair]float64{}
		for _, u := range members {
			for v := range uint32(r.Customers.Len()) {
				if w := a.both(u, v); w > 0 && l.Of[v] != c && l.Of[v] != analysis.None {
					weights[pair{u, l.Of[v]}] += w
				}
			}
		}
		var all []float64
		for _, w := range weights {
			all = append(all, w)
		}
		slices.SortFunc(all, func(a, b float64) int { return cmp.Compare(b, a) })
		rows := a.ask(t, "10-bridges")
		if len(rows) != min(30, len(all)) {
			t.Fatalf("%d bridges, want %d", len(rows), min(30, len(all)))
		}
		for i, row := range rows {
			u, _ := r.Customers.Find(row.text("member"))
			want := weights[pair{u, a.numbered(row.text("into"))}]
			if w := row.number("weight"); !near(w, all[i]) || !near(w, want) {
				t.Errorf("bridge %d is %s into %s with %v, want %v", i, row.text("member"), row.text("into"), w, all[i])
			}
		}
	})
	t.Run("correct", func(t *testing.T) {
		leader := l.Leader[c]
		to := r.Calls.Neighbours(leader)[0]
		a.params["from"], a.params["to"], a.params["weight"] = r.Customers.At(leader), r.Customers.At(to), 40
		if rows := a.ask(t, "16-correct"); len(rows) != 1 || rows[0].number("fixed") != 40 || rows[0].number("counted") != float64(r.Calls.Weight(leader, to)) {
			t.Errorf("the corrected tie is %v", rows)
		}
		if rows := a.ask(t, "17-corrections"); len(rows) != 1 || rows[0].text("from") != a.params["from"] || rows[0].text("to") != a.params["to"] {
			t.Errorf("corrected ties are %v", rows)
		}
		n, err := a.store.Read(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if w := n.Calls.Weight(leader, to); w != 40 {
			t.Errorf("the next analysis sees a weight of %v", w)
		}
	})
}

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

// students is a house of real messages, in which those who fell silent have left.
func students(t *testing.T, server *neo4jtest.Server) (house, []message) {
	t.Helper()
	path, list := messages(t, graphtest.Data(t, "collegemsg/CollegeMsg.txt"), 60)
	active := map[string][]time.Time{}
	for _, m := range list {
		active[m.from] = append(active[m.from], m.at)
	}
	return open(t, server, input{"calls", path}, input{"churn", silent(t, active, 5, 21)}), list
}

// wholesaler is a house of real purchases, in which those who fell silent have left.
func wholesaler(t *testing.T, server *neo4jtest.Server) house {
	t.Helper()
	file, bought := abroad(t, graphtest.Data(t, "onlineretail/onlineretail_to_2011-08-31.csv.gz"))
	return open(t, server, input{"purchases", file}, input{"churn", silent(t, bought, 1, 120)})
}
