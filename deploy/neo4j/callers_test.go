package neo4j_test

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"kith/api/analysis"
	"kith/graph/graphtest"
	"kith/graph/neo4jstore/neo4jtest"
)

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
