package neo4jstore

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kith/graph"
)

// lists is a source of lists.
type lists struct {
	customers []graph.Customer
	products  []graph.Product
	ties      [len(graph.Kinds)][]graph.Tie
}

func yieldAll[T any](list []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, item := range list {
			if !yield(item, nil) {
				return
			}
		}
	}
}

func (l lists) Customers(context.Context) iter.Seq2[graph.Customer, error] {
	return yieldAll(l.customers)
}
func (l lists) Products(context.Context) iter.Seq2[graph.Product, error] { return yieldAll(l.products) }
func (l lists) Ties(_ context.Context, k graph.Kind) iter.Seq2[graph.Tie, error] {
	return yieldAll(l.ties[k])
}

// pair is two customers who call each other.
func pair() lists {
	l := lists{customers: []graph.Customer{{ID: "ann", Attributes: `{"age":31,"city":"Ulm","id":"taken"}`}, {ID: "bob"}}}
	l.ties[graph.Called] = []graph.Tie{{From: "ann", To: "bob", Weight: 3, Count: 5}, {From: "bob", To: "ann", Weight: 2, Count: 2}}
	return l
}

func TestAttributesAreProperties(t *testing.T) {
	server := opened(t)
	s := openEmpty(t, server, Options{})
	mustSync(t, s, pair())
	server.Run("MATCH (c:Customer {id: 'ann'}) SET c.note = 'by hand'", nil)
	properties := func() any {
		return server.Run("MATCH (c:Customer {id: 'ann'}) RETURN properties(c)", nil)[0].Values[0]
	}
	want := map[string]any{"id": "ann", "kith": true, "attributes": `{"age":31,"city":"Ulm","id":"taken"}`, "age": int64(31), "city": "Ulm", "note": "by hand"}
	if d := cmp.Diff(want, properties()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	next := pair()
	next.customers[0].Attributes = `{"city":"Bonn"}`
	mustSync(t, s, next)
	want = map[string]any{"id": "ann", "kith": true, "attributes": `{"city":"Bonn"}`, "city": "Bonn", "note": "by hand"}
	if d := cmp.Diff(want, properties()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// What analysts do to the graph by hand is used, put right or named.
func TestTiesMadeByHand(t *testing.T) {
	server := opened(t)
	for name, c := range map[string]struct {
		cypher string // after a Sync of pair
		weight float32
		sum    int64 // of CALLED relationships after the next Sync
		after  float32
	}{
		"a whole number fixes a weight":   {"MATCH ({id:'ann'})-[r:CALLED]->() SET r.fixed_weight = 40", 40, 2, 40},
		"another weight is overwritten":   {"MATCH ({id:'ann'})-[r:CALLED]->() SET r.weight = 40", 40, 2, 3},
		"a second tie is taken out":       {"MATCH (a {id:'ann'}), (b {id:'bob'}) CREATE (a)-[:CALLED {weight: 7.0}]->(b)", 7, 2, 3},
		"a second tie with a fixed one":   {"MATCH (a {id:'ann'}), (b {id:'bob'}) CREATE (a)-[:CALLED {fixed_weight: 0.5}]->(b)", 0.5, 2, 0.5},
		"of two fixed weights the larger": {"MATCH (a {id:'ann'}), (b {id:'bob'}) CREATE (a)-[:CALLED {fixed_weight: 5}]->(b), (a)-[:CALLED {fixed_weight: 6.5}]->(b)", 6.5, 2, 6.5},
		"a tie that was deleted":          {"MATCH ({id:'ann'})-[r:CALLED]->() DELETE r", 2, 2, 3},
		"a figure of another type":        {"MATCH ({id:'ann'})-[r:CALLED]->() SET r.calls = 'five', r.first = 'now'", 3, 2, 3},
	} {
		t.Run(name, func(t *testing.T) {
			s := openEmpty(t, server, Options{})
			mustSync(t, s, pair())
			server.Run(c.cypher, nil)
			for i, want := range []float32{c.weight, c.after} {
				n, err := s.Read(t.Context(), nil)
				if err != nil {
					t.Fatal(err)
				}
				if got := n.Calls.WeightsOf(0); len(n.Calls.Weights) == 0 || len(got) == 1 && got[0] != want || len(got) == 0 && n.Calls.Weights[0] != want {
					t.Errorf("reading %d: ann's call weighs %v of %v, want %v", i+1, got, n.Calls.Weights, want)
				}
				mustSync(t, s, pair())
			}
			if n := number1(server, "MATCH ()-[r:CALLED]->() RETURN count(r)"); n != c.sum {
				t.Errorf("%d ties after the next load, want %d", n, c.sum)
			}
			if n := number1(server, "MATCH ()-[r:CALLED]->() WHERE r.calls IN [2, 5] AND r.weight IN [2.0, 3.0] RETURN count(r)"); n != c.sum {
				t.Errorf("%d ties have the source's figures after the next load, want %d", n, c.sum)
			}
		})
	}
}

func TestFaultsMadeByHandAreNamed(t *testing.T) {
	server := opened(t)
	for name, c := range map[string]struct{ cypher, want string }{
		"a weight that is a text":    {"MATCH ({id:'ann'})-[r:CALLED]->() SET r.fixed_weight = 'forty'", "forty"},
		"a negative weight":          {"MATCH ({id:'ann'})-[r:CALLED]->() SET r.fixed_weight = -1", "-1"},
		"a weight that is no number": {"MATCH ({id:'ann'})-[r:CALLED]->() SET r.fixed_weight = 0.0/0.0", "NaN"},
		"a tie without a weight":     {"MATCH (a {id:'bob'}) CREATE (a)-[:CALLED]->(a)", "nothing"},
		"a customer without an id":   {"CREATE (:Customer {name: 'x'})", "id"},
		"a customer with a number":   {"CREATE (:Customer {id: 7})", "id"},
		"a call to a product":        {"MATCH (a {id:'ann'}) CREATE (a)-[:CALLED {weight: 1.0}]->(:Product {id: 'p'})", "no Customer"},
	} {
		t.Run(name, func(t *testing.T) {
			s := openEmpty(t, server, Options{})
			mustSync(t, s, pair())
			server.Run(c.cypher, nil)
			_, err := s.Read(t.Context(), nil)
			var fault *graph.DataError
			if err == nil || !strings.Contains(err.Error(), c.want) || !errors.As(err, &fault) && !errors.Is(err, errStrange) {
				t.Errorf("%v; want %q in it", err, c.want)
			}
		})
	}
}

// Communities and runs that kith did not make stay.
func TestOtherPeoplesNodesStay(t *testing.T) {
	server := opened(t)
	s := openEmpty(t, server, Options{})
	c := crowd{48, 1}
	mustSync(t, s, c)
	server.Run("CREATE (:Community {id: 'a club', founded: 1999})<-[:MEMBER_OF]-(:Person), (:Run {id: 'a marathon'})", nil)
	for _, run := range []string{"first", "second"} {
		if err := s.Publish(t.Context(), c.findings(run), nil); err != nil {
			t.Fatal(err)
		}
	}
	if n := number1(server, "MATCH (:Person)-[:MEMBER_OF]->(:Community {founded: 1999}) MATCH (:Run {id: 'a marathon'}) RETURN count(*)"); n != 1 {
		t.Errorf("%d of one club are left", n)
	}
	if n := number1(server, "MATCH (k:Community {run: 'second'}) RETURN count(k)"); n != 12 {
		t.Errorf("%d communities, want 12", n)
	}
}

// A run that forgets some customers takes their former figures away, and says by which
// ids the others are known too, on both sides where the other id has a node.
func TestForgottenCustomersLoseTheirFigures(t *testing.T) {
	server := opened(t)
	s := openEmpty(t, server, Options{})
	mustSync(t, s, crowd{48, 1})
	// The second run takes c30 for a record of c3, and knows a number of c3's that is no customer.
	second := crowd{24, 1}.findings("second")
	second.Aliases = []graph.Alias{{ID: "c30", Customer: "c3", Always: true}, {ID: "+49 30 1", Customer: "c3", Always: true}}
	for _, f := range []*graph.Findings{crowd{48, 1}.findings("first"), second} {
		if err := s.Publish(t.Context(), f, nil); err != nil {
			t.Fatal(err)
		}
	}
	for cypher, want := range map[string]int64{
		"MATCH (c:Customer) RETURN count(c)":                                                                                                    48,
		"MATCH (c:Customer) WHERE c.person IS NOT NULL RETURN count(c)":                                                                         1,
		"MATCH (c:Customer {id: 'c3'}) WHERE c.aliases = ['c30', '+49 30 1'] RETURN count(c)":                                                   1,
		"MATCH (c:Customer) WHERE c.aliases IS NOT NULL RETURN count(c)":                                                                        1,
		"MATCH (r:Customer {id: 'c30'}) MATCH (c:Customer {id: r.person, run: 'second'})-[:MEMBER_OF]->(k:Community {id:'g3'}) RETURN count(k)": 1,
	} {
		if n := number1(server, cypher); n != want {
			t.Errorf("%s: %d, want %d", cypher, n, want)
		}
	}
	if n := number1(server, "MATCH (c:Customer) WHERE c.run IS NULL AND c.community IS NULL AND c.pagerank IS NULL AND c.attributes IS NOT NULL RETURN count(c)"); n != 24 {
		t.Errorf("%d customers are without figures, want 24", n)
	}
	// The third takes it for a customer again.
	if err := s.Publish(t.Context(), crowd{48, 1}.findings("third"), nil); err != nil {
		t.Fatal(err)
	}
	if n := number1(server, "MATCH (c:Customer {run: 'third'}) WHERE c.person IS NULL AND c.aliases IS NULL RETURN count(c)"); n != 48 {
		t.Errorf("%d customers are their own, want 48", n)
	}
}

// Customers and products that findings name and that the graph lacks are made, some
// or all of them.
func TestFindingsAboutStrangers(t *testing.T) {
	server := opened(t)
	s := openEmpty(t, server, Options{})
	for _, known := range []int{0, 7} {
		mustSync(t, s, crowd{known, 1})
		f := crowd{48, 1}.findings(fmt.Sprint("with ", known))
		f.Preferences = func(yield func(graph.Preference) bool) {
			_ = yield(graph.Preference{Community: f.Communities[0].ID, Product: "new", Supporters: 5, Support: .5, Lift: 2})
		}
		if err := s.Publish(t.Context(), f, nil); err != nil {
			t.Fatal(err)
		}
		for cypher, want := range map[string]int64{
			"MATCH (c:Customer {run: '" + f.Run.ID + "'}) RETURN count(c)":                           48,
			"MATCH (:Customer)-[m:MEMBER_OF]->(:Community) RETURN count(m)":                          48,
			"MATCH (:Community)-[p:PREFERS {supporters: 5}]->(:Product {id: 'new'}) RETURN count(p)": 1,
		} {
			if n := number1(server, cypher); n != want {
				t.Errorf("with %d known: %s: %d, want %d", known, cypher, n, want)
			}
		}
	}
}

// Text that would break a query out of its quotes is text in every field.
func TestOddTextsInEveryField(t *testing.T) {
	server := opened(t)
	s := openEmpty(t, server, Options{})
	for _, odd := range []string{
		`'`, `"`, "`", `\`, `\'`, "\n", "\u2028", "😀", "a\x00b", "$rows", "r[0]", `\u0027`,
		`'}) MATCH (n) DETACH DELETE n //`, `"}) MATCH (n) DETACH DELETE n //`, "`]->() MATCH (n) DETACH DELETE n //", "*/ MATCH (n) DETACH DELETE n /*",
	} {
		attributes := fmt.Sprintf(`{%s:%s,"plain":%s}`, quoted(odd), quoted(odd), quoted(odd))
		l := lists{
			customers: []graph.Customer{{ID: "c" + odd, Attributes: attributes}},
			products:  []graph.Product{{ID: "p" + odd, Name: odd, Category: odd, Price: 1}},
		}
		l.ties[graph.Bought] = []graph.Tie{{From: "c" + odd, To: "p" + odd, Weight: 1, Count: 1}}
		mustSync(t, s, l)
		f := &graph.Findings{
			Run:         graph.Run{ID: "r" + odd, Version: odd, Quality: map[string]float64{odd: 1, "plain": 2}},
			Communities: []graph.CommunityFinding{{ID: "k" + odd, Parent: odd, Leader: odd, Disseminator: odd}},
			Customers: func(yield func(graph.CustomerFinding) bool) {
				yield(graph.CustomerFinding{ID: "c" + odd, Community: "k" + odd, Role: odd})
			},
			Memberships: func(yield func(graph.Membership) bool) {
				yield(graph.Membership{Customer: "c" + odd, Community: "k" + odd})
			},
			Preferences: func(yield func(graph.Preference) bool) {
				yield(graph.Preference{Community: "k" + odd, Product: "p" + odd})
			},
		}
		if err := s.Publish(t.Context(), f, nil); err != nil {
			t.Fatalf("%q: %v", odd, err)
		}
		got := server.Run(`
			MATCH (c:Customer {id: $c})-[:BOUGHT]->(p:Product {id: $p})<-[:PREFERS]-(k:Community {id: $k})<-[:MEMBER_OF]-(c)
			MATCH (r:Run {id: $r})
			RETURN [c.attributes, c.plain, p.name, p.category, r.version, k.parent, k.leader, k.disseminator, c.role, r.plain]`,
			map[string]any{"c": "c" + odd, "p": "p" + odd, "k": "k" + odd, "r": "r" + odd})
		if len(got) != 1 {
			t.Fatalf("%q: %d rows, want 1", odd, len(got))
		}
		want := []any{attributes, odd, odd, odd, odd, odd, odd, odd, odd, 2.0}
		if d := cmp.Diff(want, got[0].Values[0]); d != "" {
			t.Errorf("%q (-want +got):\n%s", odd, d)
		}
		run, err := s.Current(t.Context())
		if err != nil || run.ID != "r"+odd || run.Version != odd || run.Quality[odd] != 1 {
			t.Errorf("%q: the run is %+v, %v", odd, run, err)
		}
		n, err := s.Read(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if n.Customers.Len() != 1 || n.Products.Len() != 1 {
			t.Fatalf("%q: %d customers and %d products, want one of each", odd, n.Customers.Len(), n.Products.Len())
		}
	}
}

// quoted is a JSON string.
func quoted(s string) string {
	b := []byte{'"'}
	for _, r := range s {
		if r < ' ' || r == '"' || r == '\\' {
			b = fmt.Appendf(b, `\u%04x`, r)
		} else {
			b = append(b, string(r)...)
		}
	}
	return string(append(b, '"'))
}
