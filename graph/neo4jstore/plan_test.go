package neo4jstore

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"kith/graph"
)

// Every query finds nodes by an index or by their internal numbers, except those
// that are about all nodes of a label; a scan in one of the others would make
// loads and reads take quadratic time. Each is planned anew, for a graph that is not small.
func TestQueriesUseIndexes(t *testing.T) {
	server := opened(t)
	openEmpty(t, server, Options{})
	server.Run("UNWIND range(1, 3000) AS i CREATE (:Customer {id: 'c' + i})-[:CALLED {weight: 1.0}]->(:Customer {id: 'd' + i})", nil)
	scans := []string{
		"changes", "marks_drop", "last_node", "clear_ties", "clear_nodes", "strays", "migrations", "publish_retire", "publish_promote", "finding_clear",
		"forget_ids", "former_ids", "forget_leaders", "forget_risks", "forget_aliases", "forget_texts", "search_nodes", "search_ties", "search_notes",
	}
	files, err := queryFiles.ReadDir("queries")
	if err != nil {
		t.Fatal(err)
	}
	session := server.Driver().NewSession(t.Context(), neo4j.SessionConfig{})
	defer session.Close(t.Context())
	for _, f := range files {
		name := strings.TrimSuffix(f.Name(), ".cypher")
		if strings.HasPrefix(name, "mapped_") || strings.HasPrefix(name, "back_") || strings.HasPrefix(name, "schema_") {
			continue // about graphs of other people, whose indexes are theirs
		}
		text := labelled(tieQuery(name, graph.Called), "Customer")
		params := map[string]any{"batch": 1, "buckets": []int{1}, "count": 1, "properties": map[string]any{}}
		for _, p := range []string{"rows", "first", "last", "step", "block", "log", "seq", "round", "payload", "number", "name", "checksum", "version", "id", "ids", "telling", "attributes", "removed", "kept"} {
			params[p] = nil
		}
		result, err := session.Run(t.Context(), "CYPHER replan=force EXPLAIN "+text, params)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		summary, err := result.Consume(t.Context())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		plan := fmt.Sprint(summary.Plan().Arguments()["string-representation"])
		if !strings.Contains(plan, "ProduceResults") {
			t.Fatalf("%s: there is no plan in %s", name, plan)
		}
		if scan := strings.Contains(plan, "Scan"); scan && !slices.Contains(scans, name) {
			t.Errorf("%s is planned as\n%s", name, plan)
		}
	}
}
