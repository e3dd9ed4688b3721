package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kith/graph/neo4jstore"
	"kith/graph/neo4jstore/neo4jtest"
)

// ownGraph makes a graph as somebody might have it: 120 people in 6 circles of
// friends who own games; some have left.
func ownGraph(server *neo4jtest.Server) {
	server.Run("MATCH (n) DETACH DELETE n", nil)
	for _, cypher := range []string{
		"UNWIND range(0, 119) AS i CREATE (p:Person {personId: i, city: ['Ulm', 'Köln'][i % 2]}) FOREACH (x IN CASE WHEN i % 20 = 3 THEN [1] ELSE [] END | SET p.left_on = date('2026-02-01') + duration({days: i}))",
		"UNWIND range(0, 11) AS i CREATE (:Game {title: 'Game ' + i, genre: 'g' + i % 3, price: 10.0 + i})",
		`MATCH (a:Person) UNWIND [1, 2, 5] AS d MATCH (b:Person {personId: a.personId / 20 * 20 + (a.personId + d) % 20})
			CREATE (a)-[:FRIEND_OF {since: date('2025-01-01'), calls: d}]->(b)`,
		"MATCH (a:Person) WHERE a.personId % 20 = 0 MATCH (b:Person {personId: (a.personId + 20) % 120}) CREATE (a)-[:FRIEND_OF {since: date('2025-06-01'), calls: 1}]->(b)",
		"MATCH (a:Person) UNWIND [0, 1] AS d MATCH (g:Game {title: 'Game ' + (a.personId / 20 * 2 + d * (1 + a.personId % 5)) % 12}) CREATE (a)-[:BOUGHT {price: g.price, at: datetime('2026-01-10T00:00:00Z')}]->(g)",
	} {
		server.Run(cypher, nil)
	}
}

// standing is all that a database has in it, constraints included.
func standing(server *neo4jtest.Server) string {
	var b strings.Builder
	for _, cypher := range []string{
		"MATCH (n) RETURN elementId(n) AS id, labels(n) AS labels, properties(n) AS p ORDER BY id",
		"MATCH (a)-[r]->(b) RETURN elementId(r) AS id, elementId(a) AS a, elementId(b) AS b, type(r) AS t, properties(r) AS p ORDER BY id",
		"SHOW CONSTRAINTS YIELD name RETURN name ORDER BY name",
		"SHOW INDEXES YIELD name RETURN name ORDER BY name",
	} {
		for _, record := range server.Run(cypher, nil) {
			fmt.Fprintf(&b, "%q\n", fmt.Sprint(record.Values...))
		}
	}
	return b.String()
}

// TestOwnGraph goes the way of somebody whose graph is already in Neo4j: doctor
// guesses a map and checks it, analyze reads by it and writes nothing, serve
// serves the result; then the results go onto the graph and away again.
func TestOwnGraph(t *testing.T) {
	server := neo4jtest.Open(t)
	ownGraph(server)
	dir := t.TempDir()
	data, graphMap := filepath.Join(dir, "data"), filepath.Join(dir, "map.yaml")
	t.Setenv("KITH_STORE_PASSWORD", server.Password)
	on := func(args ...string) []string {
		return append(args, "--store", server.URI, "--store-user", server.User)
	}
	before := standing(server)

	out := must(t, on("doctor")...)
	for _, want := range []string{"Neo4j 5.", "community edition", "user neo4j", "Graph Data Science not there", "Person", "120", "FRIEND_OF", "(Person)→(Game)", "personId"} {
		if !strings.Contains(out, want) {
			t.Errorf("doctor does not say %q:\n%s", want, out)
		}
	}
	guessed := must(t, on("doctor", "--guess", "-")...)
	must(t, on("doctor", "--guess", graphMap)...)
	if text, err := os.ReadFile(graphMap); err != nil || string(text) != guessed {
		t.Errorf("%v: the map in the file is not the one that is printed:\n%s", err, text)
	}
	_, errs, code := kith(t, on("doctor", "--guess", graphMap)...)
	oneSentence(t, errs, code, exitUsage, "is there already")
	if out := must(t, on("doctor", "--graph-map", graphMap)...); !strings.Contains(out, "120 customers and 12 products") || !strings.Contains(out, "Nothing is wrong") {
		t.Errorf("doctor says of its own map:\n%s", out)
	}

	s := decoded[mappedSummary](t, on("analyze", "--data", data, "--graph-map", graphMap)...)
	if s.Customers != 120 || s.Products != 12 || s.Gone != 6 || s.Communities < 6 || len(s.AtRisk) == 0 || s.AsOf.Year() != 2026 || len(s.Problems) != 0 {
		t.Errorf("the summary is %+v", s)
	}
	if !slices.ContainsFunc(s.Unavailable, func(what string) bool { return strings.HasPrefix(what, "windows") }) || len(s.Unavailable) != 1 {
		t.Errorf("what is not available: %q", s.Unavailable)
	}
	out = must(t, on("analyze", "--data", data, "--graph-map", graphMap, "--threads", "3")...)
	if !strings.Contains(out, s.Result) || !strings.Contains(out, "Nothing was written to the graph") || !strings.Contains(out, "Communities most at risk") {
		t.Errorf("analyze says\n%s", out)
	}
	if standing(server) != before {
		t.Fatal("the database has changed")
	}

	t.Run("serve", func(t *testing.T) {
		base := serveForTest(t, data)
		get(t, base+"/readyz", http.StatusOK)
		if got := get(t, base+"/v1/communities?limit=1", http.StatusOK)["result"]; got != s.Result {
			t.Errorf("serve answers from %v, want %v", got, s.Result)
		}
		customer := get(t, base+"/v1/customers/7", http.StatusOK)
		if fmt.Sprint(customer["attributes"]) != "map[city:Köln]" || customer["communities"] == nil {
			t.Errorf("customer 7 is %v", customer)
		}
		if items, _ := get(t, base+"/v1/customers/7/recommendations?limit=3", http.StatusOK)["items"].([]any); len(items) == 0 {
			t.Error("customer 7 is recommended nothing")
		}
		// A run over HTTP would need the map; it says so and leaves the result.
		startRun(t, base, http.StatusAccepted)
		wait(t, "the end of the run", func() bool {
			runs, _ := get(t, base+"/v1/runs", http.StatusOK)["items"].([]any)
			return strings.Contains(fmt.Sprint(runs), "only mapped")
		})
		get(t, base+"/v1/customers/7", http.StatusOK)
	})

	// A server that kith could make its own schema in is kept out.
	_, errs, code = kith(t, on("serve", "--data", data)...)
	oneSentence(t, errs, code, exitUsage, "only mapped", "leave --store out")
	_, errs, code = kith(t, on("analyze", "--data", data)...)
	oneSentence(t, errs, code, exitUsage, "give --graph-map")
	_, errs, code = kith(t, "analyze", "--data", data)
	oneSentence(t, errs, code, exitFailed, "--graph-map")
	if standing(server) != before {
		t.Fatal("the database has changed")
	}

	out = must(t, on("analyze", "--data", data, "--graph-map", graphMap, "--write-back", "--prefix", "x_")...)
	if !strings.Contains(out, "Written back with the prefix x_: 120 customers") {
		t.Errorf("analyze --write-back says\n%s", out)
	}
	for query, want := range map[string]int64{
		"MATCH (r:XRun {id: '" + s.Result + "'}) RETURN count(r)":                                                                                                        1,
		"MATCH (p:Person)-[:X_MEMBER_OF]->(k:XCommunity {id: p.x_community}) WHERE p.x_churn_risk >= 0 RETURN count(DISTINCT p)":                                         120,
		"MATCH (p:Person {x_gone: true}) RETURN count(p)":                                                                                                                6,
		"MATCH (:XCommunity)-[q:X_PREFERS]->(:Game) RETURN toInteger(count(q) > 0)":                                                                                      1,
		"MATCH (p:Person) WHERE abs(p.x_risk_own + p.x_risk_other + reduce(s = 0.0, x IN coalesce(p.x_risk_parts, []) | s + x) - p.x_churn_risk) > 1e-9 RETURN count(p)": 0,
	} {
		if got := server.Run(query, nil)[0].Values[0]; got != want {
			t.Errorf("%s gives %v, want %d", query, got, want)
		}
	}
	if rows := server.Run(strings.NewReplacer("KITH_", "X_", "Kith", "X", "kith_", "x_").Replace(documented(t, "// Who leads the largest communities")), nil); len(rows) < 6 {
		t.Errorf("the query in the documentation gives %d rows", len(rows))
	}
	if out := must(t, on("doctor")...); !strings.Contains(out, "see (:XRun)") {
		t.Errorf("doctor does not see what was written back:\n%s", out)
	}
	must(t, on("doctor", "--remove-write-back", "--prefix", "x_")...)
	if standing(server) != before {
		t.Error("the database is not as it was")
	}
	_, errs, code = kith(t, on("doctor", "--remove-write-back")...)
	oneSentence(t, errs, code, exitNothing, "nothing has been written back")

	t.Run("what does not go", func(t *testing.T) { refusedMaps(t, server, on, graphMap) })
}

// refusedMaps are graphs, maps and flags that cannot be worked with.
func refusedMaps(t *testing.T, server *neo4jtest.Server, on func(...string) []string, graphMap string) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	calls := file("calls.csv", "caller,callee\na,b\nb,c\n")
	full := filepath.Join(dir, "full")
	must(t, "load", "--data", full, "--as", "calls", calls)
	strange := file("strange.yaml", "customers: {labels: Persn, id: personID}\ncalls: [{type: FRIENDS}]\n")
	refused := func(code int, words string, args ...string) {
		t.Helper()
		_, errs, got := kith(t, args...)
		oneSentence(t, errs, got, code, words)
	}
	data := filepath.Join(dir, "data")
	refused(exitUsage, "needs --store", "analyze", "--data", data, "--graph-map", graphMap)
	refused(exitUsage, "--write-back is about", "analyze", "--data", data, "--write-back")
	refused(exitUsage, "need events", on("analyze", "--data", data, "--graph-map", graphMap, "--as-of", "2026-01-01T00:00:00Z")...)
	refused(exitUsage, "has data of its own", on("analyze", "--data", full, "--graph-map", graphMap)...)
	refused(exitData, "line 2", on("analyze", "--data", data, "--graph-map", file("typo.yaml", "customers: {labels: Person, id: personId}\ncals: []\n"))...)
	refused(exitData, "none.yaml", on("analyze", "--data", data, "--graph-map", filepath.Join(dir, "none.yaml"))...)
	refused(exitData, `line 1, column 21: customers.labels is "Persn", but the graph has no such label: did you mean "Person"? (and 2 others`, on("analyze", "--data", data, "--graph-map", strange)...)
	refused(exitUsage, "--data or", "doctor")
	refused(exitFailed, "does not answer", "doctor", "--store", "neo4j://127.0.0.1:1", "--store-timeout", "100ms")
	refused(exitFailed, "refuses the user or the password", "doctor", "--store", server.URI, "--store-password", "not this")
	refused(exitUsage, "need --store", "doctor", "--data", full, "--guess", "-")
	refused(exitUsage, "at a time", on("doctor", "--guess", "-", "--remove-write-back")...)
	refused(exitNothing, "load", "doctor", "--data", filepath.Join(dir, "nothing"))
	if out := must(t, "doctor", "--data", full); !strings.Contains(out, "1 import, 2 rows") || !strings.Contains(out, "Nothing has been analysed yet") {
		t.Errorf("doctor says of a data folder\n%s", out)
	}

	out, errs, code := kith(t, on("doctor", "--graph-map", strange)...)
	oneSentence(t, errs, code, exitData, "put it right")
	for _, want := range []string{`did you mean "Person"`, `did you mean "personId"`, `"FRIENDS", but the graph has no such relationship type`} {
		if !strings.Contains(out, want) {
			t.Errorf("doctor does not say %q:\n%s", want, out)
		}
	}

	server.Run("MATCH (n) DETACH DELETE n", nil)
	refused(exitNothing, "the database holds no nodes", on("analyze", "--data", data, "--graph-map", strange)...)
	refused(exitNothing, "the database holds no nodes", on("doctor", "--guess", "-")...)
	small := file("small.yaml", "customers: {labels: Person, id: personId, where: [{property: personId, from: 0}]}\ncalls: [{type: FRIEND_OF}]\n")
	server.Run("CREATE (p:Person {personId: -1})-[:FRIEND_OF]->(p)", nil)
	refused(exitNothing, "no node of the graph is a customer", on("analyze", "--data", data, "--graph-map", small)...)
	server.Run("MATCH (p:Person) SET p.personId = 1", nil)
	s := decoded[mappedSummary](t, on("analyze", "--data", data, "--graph-map", small, "--write-back")...)
	if s.Customers != 1 || s.Communities != 0 || s.Ties != 0 || len(s.Problems) != 1 || len(s.Unavailable) != 4 || s.WriteBack.Customers != 1 {
		t.Errorf("one node gives %+v", s)
	}
	if n := len(server.Run("MATCH (p:Person) WHERE p.kith_run IS NOT NULL AND p.kith_churn_risk IS NULL AND p.kith_gone IS NULL RETURN p", nil)); n != 1 {
		t.Errorf("%d nodes have results", n)
	}
	base := serveForTest(t, data)
	get(t, base+"/v1/customers/1", http.StatusOK)
	get(t, base+"/v1/communities", http.StatusOK)
}

// documented is the Cypher in the documentation that begins with a line.
func documented(t *testing.T, begins string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "neo4j.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, found, ok := strings.Cut(string(text), "```cypher\n"+begins)
	if !ok {
		t.Fatalf("docs/neo4j.md has no query that begins with %s", begins)
	}
	found, _, _ = strings.Cut(found, "```")
	return begins + found
}

// TestMapsInDocs reads every map that the documentation shows.
func TestMapsInDocs(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "neo4j.md"))
	if err != nil {
		t.Fatal(err)
	}
	maps := 0
	for _, block := range strings.Split(string(text), "```yaml\n")[1:] {
		block, _, _ = strings.Cut(block, "```")
		if !strings.HasPrefix(block, "customers:") {
			continue
		}
		maps++
		if _, err := neo4jstore.ParseMap("docs/neo4j.md", []byte(block)); err != nil {
			t.Errorf("%v in\n%s", err, block)
		}
	}
	if maps < 2 {
		t.Errorf("docs/neo4j.md shows %d maps", maps)
	}
}
