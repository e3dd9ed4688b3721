package neo4jstore

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"kith/graph"
	"kith/graph/neo4jstore/neo4jtest"
	"kith/graph/storetest"
)

// deviations are what Neo4j cannot keep: its indexes take no ids that long.
var deviations = []storetest.Deviation{storetest.NoLongIDs}

func TestConformance(t *testing.T) {
	server := opened(t)
	storetest.Run(t, func(t *testing.T) graph.Store { return openEmpty(t, server, Options{}) }, storetest.Options{
		Deviations: deviations,
		Reopen: func(t *testing.T, s graph.Store) graph.Store {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			return openAt(t, server, Options{})
		},
		Correct: func(t *testing.T, _ graph.Store, k graph.Kind, from, to string, weight float64) {
			server.Run(fmt.Sprintf("MATCH (a:Customer {id: $from}), (b:%s {id: $to}) MERGE (a)-[r:%s]->(b) SET r.fixed_weight = $weight", targetLabel(k), k),
				map[string]any{"from": from, "to": to, "weight": weight})
		},
		Ties:  func(t *testing.T, _ graph.Store, k graph.Kind) []graph.Tie { return storedTiesOf(server, k) },
		Found: func(t *testing.T, _ graph.Store) storetest.Found { return storedFindings(server) },
	})
}

// opened is neo4jtest.Open for tests that begin with an empty store, whose schema may
// be there already.
func opened(t testing.TB) *neo4jtest.Server {
	t.Helper()
	return neo4jtest.Open(t, migratedNames(t)...)
}

// openEmpty empties the database, but for its constraints and indexes, and opens
// a store on it. Where the schema is whole the graph gets what migrations leave in it,
// which is quicker than to make them again.
func openEmpty(t testing.TB, server *neo4jtest.Server, o Options) *Store {
	t.Helper()
	server.Run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS", nil)
	there := server.Run("SHOW INDEXES YIELD name RETURN collect(name)", nil)[0].Values[0].([]any)
	if !slices.ContainsFunc(migratedNames(t), func(name string) bool { return !slices.Contains(there, any(name)) }) {
		var made []any
		for _, m := range knownMigrations(t) {
			made = append(made, map[string]any{"number": m.number, "name": m.name, "checksum": m.checksum, "version": o.Version})
		}
		server.Run(`CREATE (:KithState {id: 1, generation: 0}), (:KithWriter {id: 1})
			WITH * UNWIND $made AS had CREATE (m:KithMigration) SET m = had, m.at = datetime()`, map[string]any{"made": made})
	}
	return openAt(t, server, o)
}

// migratedNames are the constraints and indexes that migrations make.
func migratedNames(t testing.TB) (names []string) {
	t.Helper()
	for _, m := range knownMigrations(t) {
		for _, statement := range m.statements {
			if words := strings.Fields(statement); words[0] == "CREATE" {
				names = append(names, words[2])
			}
		}
	}
	return names
}

func knownMigrations(t testing.TB) []migration {
	t.Helper()
	list, err := migrations()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// An empty store is the same whether migrations have been made in it or noted.
func TestEmptyStoreIsAsMigrationsLeaveIt(t *testing.T) {
	server := opened(t)
	dropConstraints(server)
	look := func() []string {
		_ = openEmpty(t, server, Options{Version: "v1"}).Close()
		return shownSorted(server, "MATCH (n) RETURN labels(n), n {.*, at: n.at.year}")
	}
	made := look()
	if diff := cmp.Diff(made, look()); diff != "" || len(made) != len(knownMigrations(t))+2 {
		t.Errorf("%d nodes (-made +noted):\n%s", len(made), diff)
	}
	there := shownSorted(server, "SHOW INDEXES YIELD name WHERE name STARTS WITH 'kith' RETURN name")
	if len(there) != len(migratedNames(t)) {
		t.Errorf("there are %v, and migrations make %v", there, migratedNames(t))
	}
}

// openAt opens a store that is closed when the test ends.
func openAt(t testing.TB, server *neo4jtest.Server, o Options) *Store {
	t.Helper()
	o.User, o.Password = server.User, server.Password
	s, err := Open(context.Background(), server.URI, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// fields reads the values of a record by their keys; missing ones are zero.
type fields map[string]any

func (f fields) text(key string) string   { v, _ := f[key].(string); return v }
func (f fields) int(key string) int64     { v, _ := f[key].(int64); return v }
func (f fields) float(key string) float64 { v, _ := f[key].(float64); return v }
func (f fields) bool(key string) bool     { v, _ := f[key].(bool); return v }

func listed[T any](server *neo4jtest.Server, cypher string, item func(fields) T) []T {
	var all []T
	for _, record := range server.Run(cypher, nil) {
		all = append(all, item(fields(record.AsMap())))
	}
	return all
}

func storedTiesOf(server *neo4jtest.Server, k graph.Kind) []graph.Tie {
	return listed(server, fmt.Sprintf("MATCH (a:Customer)-[r:%s]->(b:%s) RETURN a.id AS from, b.id AS to, r AS r", k, targetLabel(k)), func(f fields) graph.Tie {
		r := fields(f["r"].(neo4j.Relationship).Props)
		t := graph.Tie{From: f.text("from"), To: f.text("to"), Weight: r.float("weight"), First: timeOf(r["first"]), Last: timeOf(r["last"])}
		switch k {
		case graph.Called:
			t.Count, t.Messages, t.Seconds = r.int("calls"), r.int("messages"), r.int("seconds")
		case graph.Bought:
			t.Count, t.Quantity, t.Amount = r.int("times"), r.float("quantity"), r.float("amount")
		case graph.Viewed:
			t.Count, t.Seconds = r.int("views"), r.int("dwell_s")
		}
		return t
	})
}

// storedFindings are the findings as an analyst sees them.
func storedFindings(server *neo4jtest.Server) storetest.Found {
	return storetest.Found{
		Communities: listed(server, "MATCH (k:Community) RETURN properties(k) AS k", func(f fields) graph.CommunityFinding {
			k := fields(f["k"].(map[string]any))
			return graph.CommunityFinding{ID: k.text("id"), Parent: k.text("parent"), Level: int(k.int("level")), Size: int(k.int("size")),
				Density: k.float("density"), Risk: k.float("risk"), ExpectedLoss: k.float("expected_loss"),
				Leader: k.text("leader"), Disseminator: k.text("disseminator")}
		}),
		Customers: listed(server, "MATCH (c:Customer) WHERE c.run IS NOT NULL RETURN properties(c) AS c", func(f fields) graph.CustomerFinding {
			c := fields(f["c"].(map[string]any))
			finding := graph.CustomerFinding{ID: c.text("id"), Community: c.text("community"), Role: c.text("role"), Core: c.bool("core"),
				PageRank: c.float("pagerank"), Authority: c.float("authority"), Dissemination: c.float("dissemination"),
				Susceptibility: c.float("susceptibility"), ChurnRisk: c.float("churn_risk"), OwnValue: c.float("own_value"),
				Gone: c.bool("gone"), RiskOwn: c.float("risk_own"), RiskOther: c.float("risk_other")}
			from, _ := c["risk_from"].([]any)
			parts, _ := c["risk_parts"].([]any)
			for i := range from {
				finding.RiskParts = append(finding.RiskParts, graph.RiskPart{From: from[i].(string), Part: parts[i].(float64)})
			}
			return finding
		}),
		Memberships: listed(server, "MATCH (c:Customer)-[m:MEMBER_OF]->(k:Community) RETURN c.id AS c, k.id AS k, m.degree AS degree, m.core AS core, m.leader AS leader", func(f fields) graph.Membership {
			return graph.Membership{Customer: f.text("c"), Community: f.text("k"), Degree: f.float("degree"), Core: f.bool("core"), Leader: f.bool("leader")}
		}),
		Preferences: listed(server, "MATCH (k:Community)-[p:PREFERS]->(r:Product) RETURN k.id AS k, r.id AS r, p.supporters AS supporters, p.support AS support, p.lift AS lift, p.lift_low AS low", func(f fields) graph.Preference {
			return graph.Preference{Community: f.text("k"), Product: f.text("r"), Supporters: int(f.int("supporters")), Support: f.float("support"), Lift: f.float("lift"), LiftLow: f.float("low")}
		}),
	}
}
