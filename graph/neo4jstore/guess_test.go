package neo4jstore

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kith/graph/neo4jstore/neo4jtest"
)

var update = flag.Bool("update", false, "rewrite testdata/guess.txt")

// TestGuess looks at graphs that somebody might have, guesses a map for each, and
// reads the graph by it. What was guessed stands in testdata/guess.txt.
func TestGuess(t *testing.T) {
	server := neo4jtest.Open(t)
	dropConstraints(server)
	v := visit(t, server, Options{})
	var all strings.Builder
	for _, c := range []struct {
		name      string
		cypher    []string
		customers int
		calls     int
		bought    int
		err       error
	}{
		{name: "an operator", customers: 60, calls: 120, bought: 60, cypher: []string{
			"CREATE CONSTRAINT own_id FOR (s:Subscriber) REQUIRE s.msisdn IS UNIQUE",
			`UNWIND range(1, 60) AS i CREATE (s:Subscriber {msisdn: '+49' + i, plan: 'p' + i % 3, age: 20 + i, password: 'x', home: point({x: 1, y: 2})})
				FOREACH (x IN CASE WHEN i % 9 = 0 THEN [1] ELSE [] END | SET s.churned_on = date('2026-02-01'))`,
			"UNWIND ['a', 'b', 'c'] AS n CREATE (:Tariff {code: n, title: 'Tariff ' + n, monthly_fee: 9.5, category: 'voice'})-[:OF]->(:Brand {name: 'B' + n})",
			`MATCH (s:Subscriber) WITH s ORDER BY s.msisdn WITH collect(s) AS list UNWIND range(0, 59) AS i WITH list, list[i] AS s, i
				UNWIND [1, 2] AS d WITH s, list[(i + d) % 60] AS o, d, i CREATE (s)-[:CALLED {calls: d, seconds: 60 * d, first_call: datetime('2026-01-01T00:00:00Z'), last_call: datetime('2026-02-01T00:00:00Z')}]->(o)`,
			"MATCH (s:Subscriber) MATCH (t:Tariff {code: ['a', 'b', 'c'][s.age % 3]}) CREATE (s)-[:SUBSCRIBED {fee_paid: 9.5, at: date('2026-01-05')}]->(t), (s)-[:VIEWED]->(t)",
		}},
		{name: "films", customers: 40, calls: 0, bought: 88, cypher: []string{
			"UNWIND range(1, 40) AS i CREATE (:User {userId: i, name: 'Name ' + i % 7})",
			"UNWIND range(1, 10) AS i CREATE (:Movie {movieId: i, title: 'Movie ' + i, genres: ['a', 'b'], year: 2000})-[:IN_GENRE]->(:Genre {name: 'g' + i})",
			"MATCH (u:User) MATCH (m:Movie) WHERE m.movieId % 10 IN [u.userId % 10, (u.userId * 3 + 1) % 10] CREATE (u)-[:RATED {rating: 4.5, timestamp: 1700000000}]->(m)",
			"MATCH (u:User {userId: 1}) MATCH (m:Movie) WHERE NOT (u)--(m) CREATE (u)-[:RATED {rating: 1.0}]->(m)",
		}},
		{name: "orders and calls as nodes", customers: 30, calls: 30, bought: 60, cypher: []string{
			"UNWIND range(1, 30) AS i CREATE (:Customer {customerID: 'C' + i})",
			"UNWIND range(1, 6) AS i CREATE (:Product {productID: i, productName: 'P' + i, unitPrice: 1.5})-[:PART_OF]->(:Category {name: 'K'})",
			`MATCH (c:Customer) WITH c, toInteger(substring(c.customerID, 1)) AS i CREATE (c)-[:PURCHASED]->(o:Order {orderID: i, orderDate: date('2026-01-01')})
				WITH o, i MATCH (p:Product) WHERE p.productID IN [1 + i % 6, 1 + (i + 2) % 6] CREATE (o)-[:ORDERS {quantity: 2, lineTotal: 3.0}]->(p)`,
			"MATCH (c:Customer) WITH collect(c) AS list UNWIND range(0, 29) AS i WITH list[i] AS a, list[(i + 1) % 30] AS b CREATE (a)-[:MADE]->(:Call {seconds: 9})<-[:RECEIVED]-(b)",
		}},
		{name: "names that break out", customers: 2, calls: 2, cypher: []string{"nasty"}},
		{name: "no customers", err: ErrNoGuess, cypher: []string{"CREATE (:City {name: 'x'})-[:LIES_IN]->(:Country {name: 'y'})"}},
		{name: "nothing", err: ErrNoNodes},
	} {
		wipe(t, server)
		for _, cypher := range c.cypher {
			if cypher == "nasty" {
				makeNasty(server)
				continue
			}
			server.Run(cypher, nil)
		}
		schema, err := v.Schema(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		text, err := schema.Guess()
		if !errors.Is(err, c.err) || c.err == nil && err != nil {
			t.Errorf("%s: %v, want %v", c.name, err, c.err)
		}
		if err != nil {
			continue
		}
		all.WriteString("---- " + c.name + "\n" + text)
		m, err := ParseMap("guess.yaml", []byte(text))
		if err != nil {
			t.Errorf("%s: %v\n%s", c.name, err, text)
			continue
		}
		reading, err := v.Read(t.Context(), m, nil)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		n := reading.Network
		if n.Customers.Len() != c.customers || n.Calls.Arcs() != c.calls || n.Bought.Arcs() != c.bought {
			t.Errorf("%s: %d customers, %d calls, %d purchases", c.name, n.Customers.Len(), n.Calls.Arcs(), n.Bought.Arcs())
		}
	}
	server.Run("DROP CONSTRAINT own_id", nil)
	golden := filepath.Join("testdata", "guess.txt")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, []byte(all.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), all.String()); diff != "" {
		t.Errorf("the guesses differ from %s: %s", golden, diff)
	}
}

func TestTextInYAML(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Person", "Person"}, {"no", `"no"`}, {"a b", `"a b"`}, {"x: y", `"x: y"`}, {`q"\`, `"q\"\\"`}, {"<a&b>", `"<a&b>"`}, {"7", `"7"`}, {"", `""`}, {"a\nb", `"a\nb"`},
	} {
		if got := yamlText(c.text); got != c.want {
			t.Errorf("%q is %s, want %s", c.text, got, c.want)
		}
	}
}
