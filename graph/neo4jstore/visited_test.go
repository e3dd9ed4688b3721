package neo4jstore

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/graph"
	"kith/graph/neo4jstore/neo4jtest"
)

// TestVisitorReadsNetworkOfStore reads a graph that kith made through a map: it
// gives what the store gives, to the bit, for any number of readers.
func TestVisitorReadsNetworkOfStore(t *testing.T) {
	server := opened(t)
	s := openEmpty(t, server, Options{})
	mustSync(t, s, crowd{n: 2100})
	want, err := s.Read(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	m := parsed(t, `
customers: {labels: [Customer], id: id, attributes: [version]}
products: {labels: Product, id: id, name: name, category: category, price: price}
calls: [{type: CALLED, weight: weight}]
purchases: [{type: BOUGHT, weight: weight, amount: amount}]
`)
	for _, readers := range []int{1, 2, 5} {
		reading, err := visit(t, server, Options{Readers: readers}).Read(t.Context(), m, nil)
		if err != nil {
			t.Fatal(err)
		}
		if digestOf(reading.Network) != digestOf(want) {
			t.Errorf("%d readers give another network than the store", readers)
		}
		if problems := reading.Report.Problems(); len(problems) > 0 {
			t.Errorf("problems: %v", problems)
		}
	}
}

// nasty are names that break out of where they are put, if they are not quoted.
var nasty = struct{ person, product, id, weight, called, bought, attribute string }{
	"Per`son) DETACH DELETE (n", `Pro\u0060duct"'`, "i`d\\", "we\\u0060ight]) //", "KNOWS`]->() DELETE r //", "ΑΓΟΡΑ\\", "cité `\\u0022} ☎",
}

// nastyID is an id with Cypher in it.
const nastyID = "ann'\"\\ `}) MATCH (n) DETACH DELETE n //\u2028"

func nastyMap(t testing.TB) *GraphMap {
	q := func(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
	return parsed(t, fmt.Sprintf("customers: {labels: [%s], id: %s, attributes: [%s], left: gone}\nproducts: {labels: %s, id: sku, category: kinds}\n"+
		"calls: [{type: %s, weight: %s, direction: both}]\npurchases: [{type: %s, direction: in, last: at}]\n",
		q(nasty.person), q(nasty.id), q(nasty.attribute), q(nasty.product), q(nasty.called), q(nasty.weight), q(nasty.bought)))
}

// makeNasty makes a graph of which every name is nasty.
func makeNasty(server *neo4jtest.Server) {
	n := cypherName
	server.Run(fmt.Sprintf(`CREATE (a:%s {%s: $id, %s: $id, gone: date('2026-03-01')}), (b:%s {%s: 7, %s: ['x', 'y']}), (c:Robot {%s: 'c'}),
	(p:%s {sku: 'p"1', kinds: ['red', 'big']}), (a)-[:%s {%s: 2}]->(b), (b)-[:%s {%s: 0.5}]->(a), (a)-[:%s]->(c), (a)<-[:%s {at: datetime('2026-02-01T10:00:00Z')}]-(p)`,
		n(nasty.person), n(nasty.id), n(nasty.attribute), n(nasty.person), n(nasty.id), n(nasty.attribute), n(nasty.id), n(nasty.product),
		n(nasty.called), n(nasty.weight), n(nasty.called), n(nasty.weight), n(nasty.called), n(nasty.bought)), map[string]any{"id": nastyID})
}

func TestVisitorQuotesEverything(t *testing.T) {
	server := neo4jtest.Open(t)
	wipe(t, server)
	makeNasty(server)
	// The server has the names as they are meant.
	for _, c := range []struct{ call, want string }{
		{"CALL db.labels() YIELD label AS x", nasty.person}, {"CALL db.labels() YIELD label AS x", nasty.product},
		{"CALL db.relationshipTypes() YIELD relationshipType AS x", nasty.called}, {"CALL db.relationshipTypes() YIELD relationshipType AS x", nasty.bought},
		{"CALL db.propertyKeys() YIELD propertyKey AS x", nasty.weight}, {"CALL db.propertyKeys() YIELD propertyKey AS x", nasty.id},
		{"CALL db.propertyKeys() YIELD propertyKey AS x", nasty.attribute},
	} {
		if records := server.Run(c.call+" WITH x WHERE x = $want RETURN x", map[string]any{"want": c.want}); len(records) != 1 {
			t.Fatalf("the server has no %q", c.want)
		}
	}
	before := everything(server)
	v := visit(t, server, Options{})
	reading, err := v.Read(t.Context(), nastyMap(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	n := reading.Network
	if n.Customers.Len() != 2 || n.Customers.At(0) != "7" || n.Customers.At(1) != nastyID {
		t.Errorf("customers are %q", []string{n.Customers.At(0), n.Customers.At(1)})
	}
	wantAttributes := "{" + quoteJSON(nasty.attribute) + ":" + quoteJSON(nastyID) + "}"
	if n.Attributes.At(1) != wantAttributes || n.Attributes.At(0) != "{"+quoteJSON(nasty.attribute)+`:["x","y"]}` {
		t.Errorf("attributes are %s and %s", n.Attributes.At(0), n.Attributes.At(1))
	}
	if diff := cmp.Diff(&graph.Graph{Offsets: []uint64{0, 1, 2}, Targets: []uint32{1, 0}, Weights: []float32{2.5, 2.5}, Cols: 2}, n.Calls); diff != "" {
		t.Errorf("calls: %s", diff)
	}
	if n.Bought.Arcs() != 1 || n.Catalogue[0].ID != `p"1` || n.Catalogue[0].Category != "red, big" || n.Catalogue[0].Price != -1 {
		t.Errorf("purchases %+v of %+v", n.Bought, n.Catalogue)
	}
	day := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	if diff := cmp.Diff([]graph.Departure{{Customer: nastyID, At: day}}, reading.Departures); diff != "" {
		t.Errorf("departures: %s", diff)
	}
	if want := (graph.Window{From: time.Date(2026, 2, 1, 10, 0, 0, 0, time.UTC), To: day.Add(time.Microsecond)}); reading.Span != want {
		t.Errorf("the span is %v, want %v", reading.Span, want)
	}
	mustSay(t, &reading.Report, "1 "+nasty.called+" relationship of 3 leads from a customer to a node that is no customer")
	if everything(server) != before {
		t.Error("reading has changed the database")
	}
	// The server itself refuses a change.
	if err := v.s.exec(t.Context(), "CREATE (:Kith)", nil); err == nil || everything(server) != before {
		t.Errorf("a change through a Visitor gives %v", err)
	}
}

func quoteJSON(s string) string {
	text, _ := plainJSON(s)
	return string(text)
}

// mustSay sees that a report has just these problems, by how they begin or what
// they contain.
func mustSay(t *testing.T, r *Report, want ...string) {
	t.Helper()
	problems := r.Problems()
	if len(problems) != len(want) {
		t.Errorf("%d problems, want %d: %+v", len(problems), len(want), problems)
		return
	}
	for i, p := range problems {
		if !strings.Contains(p.Text, want[i]) {
			t.Errorf("problem %d is %q, want %q", i, p.Text, want[i])
		}
	}
}

// TestVisitorSaysWhatIsWrong has one fault of every kind.
func TestVisitorSaysWhatIsWrong(t *testing.T) {
	server := neo4jtest.Open(t)
	wipe(t, server)
	v := visit(t, server, Options{})
	read := func(text string) (*Reading, error) { return v.Read(t.Context(), parsed(t, text), nil) }

	if _, err := read(smallMap); !errors.Is(err, ErrNoNodes) {
		t.Errorf("an empty database gives %v", err)
	}
	server.Run("CREATE (a:Person {name: 'a'})-[:KNOWS]->(a)", nil)
	reading, err := read(smallMap)
	if err != nil || reading.Network.Customers.Len() != 1 || reading.Network.Calls.Arcs() != 0 {
		t.Errorf("a graph of one node gives %+v, %v", reading, err)
	}
	mustSay(t, &reading.Report, "1 KNOWS relationship leads from a customer to itself")

	server.Run(`MATCH (a:Person)
	CREATE (b:Person {name: 'b', left: true}), (c:Person {name: 3, left: 'soon'}), (:Person), (:Person {name: 1.5}), (:Person {name: ''}),
		(a)-[:KNOWS {w: 1, kind: 'work', at: date('2026-01-05')}]->(b), (b)-[:KNOWS {w: 'x', at: 'never'}]->(c), (a)-[:KNOWS {w: -1}]->(c), (a)-[:KNOWS]->(:Dog),
		(b)-[:KNOWS {kind: 'home'}]->(a), (a)-[:CALLS {n: 2}]->(b), (a)-[:BOUGHT {paid: 'much'}]->(:Item {no: 1, price: 'dear'})`, nil)
	reading, err = read(`
customers: {labels: Person, id: name, left: left}
products: {labels: Item, id: no, price: price}
calls:
  - {type: KNOWS, weight: w, first: at, last: at}
  - {type: CALLS, weight: n, factor: 10}
purchases: [{type: BOUGHT, amount: paid}]
views: [{type: KNOWS, direction: in}]
`)
	if err != nil {
		t.Fatal(err)
	}
	mustSay(t, &reading.Report,
		`3 Person nodes of 6 lack a usable "name", such as 1.5, which is neither a text nor a whole number`,
		"1 KNOWS relationship of 6 leads from a customer to a node that is no customer",
		"1 KNOWS relationship leads from a customer to itself",
		`1 KNOWS relationship of 6 lacks "w": left out`,
		`2 KNOWS relationships of 6 have a "w" that is no number of 0 or more, such as the one from "a" to "3": -1`,
		"Some KNOWS relationships have first or last times that are none",
		`1 BOUGHT relationship of 1 has an "paid" that is no number`,
		"KNOWS relationships of 5 lead from a customer to a node that is no product",
		"1 customer has a left date that is no date")
	n := reading.Network
	// a, b and 3 by their bytes are 3, a, b. a-b weighs 1 + 10·2.
	if diff := cmp.Diff(&graph.Graph{Offsets: []uint64{0, 0, 1, 1}, Targets: []uint32{2}, Weights: []float32{21}, Cols: 3}, n.Calls); diff != "" {
		t.Errorf("calls: %s", diff)
	}
	if diff := cmp.Diff([]graph.Departure{{Customer: "b"}}, reading.Departures); diff != "" {
		t.Errorf("departures: %s", diff)
	}
	// A filter and a default.
	for i, c := range []struct {
		filter string
		arcs   int
		sum    float32
	}{
		{"{property: kind, equals: work}", 1, 1},
		{"{property: kind, in: [work, home]}", 2, 8},
		{"{property: w, from: 0, to: 1.5}", 1, 1},
		{"{property: w, from: -1}", 1, 1}, // and one that is left out
		{"{property: w, exists: false}", 1, 7},
		{"{property: w, exists: true}", 1, 1},
		{"{property: at, from: '2026-01-05', to: 2026-01-06}", 1, 1},
		{"{property: at, from: '2026-01-06'}", 0, 0},
		{`{property: kind, equals: "x' OR true //"}`, 0, 0},
	} {
		reading, err := read("customers: {labels: Person, id: name}\ncalls: [{type: KNOWS, weight: w, default: 7, where: [" + c.filter + "]}]\n")
		if err != nil {
			t.Fatal(err)
		}
		var sum float32
		g := reading.Network.Calls
		for a := range g.Targets {
			if g.Weights == nil {
				sum++
			} else {
				sum += g.Weights[a]
			}
		}
		if g.Arcs() != c.arcs || sum != c.sum {
			t.Errorf("filter %d, %s: %d arcs that weigh %v, want %d and %v", i, c.filter, g.Arcs(), sum, c.arcs, c.sum)
		}
	}
	if reading, err = read("customers: {labels: Person, id: name, where: [{property: left, exists: false}]}\ncalls: [{type: CALLS}]\n"); err != nil || reading.Network.Customers.Len() != 1 {
		t.Errorf("a filter on customers leaves %v, %v", reading, err)
	}

	server.Run("UNWIND range(1, 5) AS i CREATE (:Person {name: 'b'}), (:Person {name: 'twin' + i}), (:Person {name: 'twin' + i})", nil)
	for _, c := range []struct{ text, want string }{
		{smallMap, `map.yaml: 10 Person nodes of 21 have a "name" that another one has, such as "b", "twin1", "twin2": merge them`},
		{"customers: {labels: Person, id: w}\ncalls: [{type: KNOWS}]\n", `None of the 21 Person nodes has a usable "w"`},
		{"customers: {labels: Persn, id: nme}\ncalls: [{type: KNOWZ, weight: elementId}]\n",
			"map.yaml line 1, column 21: customers.labels is \"Persn\", but the graph has no such label: did you mean \"Person\"? (and 3 others: kith doctor --graph-map lists all)"},
	} {
		_, err := read(c.text)
		var fault *graph.DataError
		if !errors.As(err, &fault) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s gives %v, want %s", c.text, err, c.want)
		}
	}
	faults, err := v.Validate(t.Context(), parsed(t, "customers: {labels: Persn, id: nme}\ncalls: [{type: KNOWZ, weight: elementId}]\n"))
	for i, want := range []string{
		"map.yaml line 1, column 21: customers.labels is \"Persn\", but the graph has no such label: did you mean \"Person\"?",
		"map.yaml line 1, column 32: customers.id is \"nme\", but the graph has no such property: did you mean \"name\"?",
		"map.yaml line 2, column 16: calls[0].type is \"KNOWZ\", but the graph has no such relationship type: did you mean \"KNOWS\"?",
		"map.yaml line 2, column 31: calls[0].weight is \"elementId\", but the graph has no such property: it has ",
	} {
		if len(faults) != 4 || !strings.HasPrefix(faults[i].Error(), want) {
			t.Errorf("faults are %v, %v; want %s", faults, err, want)
		}
	}
	report, err := v.Inspect(t.Context(), parsed(t, smallMap), nil)
	if err != nil || report.Customers.Duplicates != 10 || !report.Problems()[0].Grave {
		t.Errorf("the report is %+v, %v", report, err)
	}
}

// TestVisitorGoesThroughNodes reads a graph where orders and calls are nodes.
func TestVisitorGoesThroughNodes(t *testing.T) {
	server := neo4jtest.Open(t)
	wipe(t, server)
	server.Run(`CREATE (a:Person {name: 'a'}), (b:Person {name: 'b'}), (c:Person {name: 'c'}), (x:Item {name: 'x'}), (y:Item {name: 'y'}),
		(a)-[:PLACED]->(o:Order {at: date('2026-01-05'), state: 'paid'})-[:CONTAINS {n: 2, cost: 3.5}]->(x), (o)-[:CONTAINS {n: 1, cost: 1.5}]->(y),
		(a)-[:PLACED]->(:Order {at: date('2026-01-06'), state: 'paid'})-[:CONTAINS {n: 4, cost: 7.0}]->(x),
		(b)-[:PLACED]->(:Order {at: date('2026-01-07'), state: 'cancelled'})-[:CONTAINS {n: 4, cost: 7.0}]->(x),
		(a)-[:MADE]->(:Call {seconds: 60})-[:TO]->(b), (b)-[:MADE]->(:Call {seconds: 5})-[:TO]->(b), (b)-[:MADE]->(:Call)-[:TO]->(c),
		(b)-[:LIVES_AT]->(h:House), (c)-[:LIVES_AT]->(h)`, nil)
	reading, err := visit(t, server, Options{}).Read(t.Context(), parsed(t, `
customers: {labels: Person, id: name}
products: {labels: Item, id: name}
calls:
  - {type: MADE, then: {type: TO}, weight: seconds}
  - {type: LIVES_AT, then: {type: LIVES_AT, direction: in}, factor: 100}
purchases:
  - {type: PLACED, then: {type: CONTAINS}, weight: n, amount: cost, last: at, where: [{property: state, equals: paid}]}
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	mustSay(t, &reading.Report, "1 MADE-TO path leads from a customer to itself", `1 MADE-TO path of 3 lacks "seconds"`)
	n := reading.Network
	if diff := cmp.Diff(&graph.Graph{Offsets: []uint64{0, 1, 2, 3}, Targets: []uint32{1, 2, 1}, Weights: []float32{60, 100, 100}, Cols: 3}, n.Calls); diff != "" {
		t.Errorf("calls: %s", diff)
	}
	if diff := cmp.Diff(&graph.Graph{Offsets: []uint64{0, 2, 2, 2}, Targets: []uint32{0, 1}, Weights: []float32{6, 1}, Cols: 2}, n.Bought); diff != "" {
		t.Errorf("purchases: %s", diff)
	}
	if diff := cmp.Diff([]float64{12, 0, 0}, n.Spend); diff != "" {
		t.Errorf("spend: %s", diff)
	}
	if reading.Span.To.Day() != 6 {
		t.Errorf("the span is %v", reading.Span)
	}
}

func TestMomentOf(t *testing.T) {
	want := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for _, v := range []any{want, want.Unix(), want.UnixMilli(), float64(want.Unix()), "2026-03-01", "2026-03-01T01:00:00+01:00", "2026-03-01 00:00"} {
		if got, ok := momentOf(v); !ok || !got.Equal(want) {
			t.Errorf("%v is %v", v, got)
		}
	}
	for _, v := range []any{nil, "", "soon", true, int64(0), int64(-5), 1.5, 1e300, "1/2/26"} {
		if got, ok := momentOf(v); ok {
			t.Errorf("%v is %v", v, got)
		}
	}
}

func TestReportFitsOnLines(t *testing.T) {
	r := Report{Customers: NodeReport{Labels: []string{"A\nB"}, ID: "i\x1b[2Jd", Nodes: 2, NoID: 1}, Ties: []*TieReport{{Type: "T\u2028", Kind: "customer"}}}
	for _, p := range r.Problems() {
		if strings.ContainsAny(p.Text, "\n\x1b\u2028") {
			t.Errorf("the sentence %q does not fit on a line", p.Text)
		}
	}
}

// BenchmarkVisitor reads the same network as a store's and through a map.
func BenchmarkVisitor(b *testing.B) {
	server := neo4jtest.Open(b)
	s := openEmpty(b, server, Options{})
	mustSync(b, s, made{6_000, 10})
	v := visit(b, server, Options{})
	m := parsed(b, "customers: {labels: Customer, id: id, attributes: [age, city]}\ncalls: [{type: CALLED, weight: weight}]\n")
	for _, way := range []struct {
		name string
		read func() error
	}{
		{"store", func() error { _, err := s.Read(b.Context(), nil); return err }},
		{"map", func() error { _, err := v.Read(b.Context(), m, nil); return err }},
	} {
		b.Run(way.name, func(b *testing.B) {
			for b.Loop() {
				if err := way.read(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(60_000*float64(b.N)/b.Elapsed().Seconds(), "ties/s")
		})
	}
}

func TestNearestName(t *testing.T) {
	for _, c := range []struct{ name, want string }{{"person", "Person"}, {"Persn", "Person"}, {"Robot", ""}, {"Prsons", "Person"}, {"", ""}} {
		if got := nearest(c.name, []string{"City", "Person"}); got != c.want {
			t.Errorf("%q is near %q, want %q", c.name, got, c.want)
		}
	}
}
