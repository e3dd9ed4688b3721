package neo4j_test

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"kith/api/analysis"
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
