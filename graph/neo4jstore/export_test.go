package neo4jstore

import (
	"context"
	"fmt"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/graph"
	"kith/graph/neo4jstore/neo4jtest"
)

// oddTexts would break a file or a query out of its fields.
var oddTexts = []string{
	`"`, `""`, `'`, "`", `\`, `\"`, `\n`, ",", ";", "|", "\t", "\n", "\r\n", " space ", "\u2028", "😀", "a\x00b", "\x1f", "\uffff", "\ufeff",
	"Zürich", "-0", "007", `"quoted"`, `${HOME} $(id) $rows`, `'}) MATCH (n) DETACH DELETE n //`,
}

// odd is a network in which every text is odd, attributes have several types, and
// ties lead to nodes that nobody lists; and what a run found about it.
func odd() Bulk {
	at := time.Date(2026, 2, 3, 4, 5, 6, 7_000, time.UTC)
	var l lists
	f := &graph.Findings{Run: graph.Run{ID: "run \"1\",\n", At: at, AsOf: at.Add(-time.Hour), Seed: 1<<64 - 1, Version: `v"1`,
		Quality: map[string]float64{"modularity": 0.1 + 0.2, "tiny": 5e-324, `od"d`: 1, "count": 3}}}
	var customers []graph.CustomerFinding
	var members []graph.Membership
	var prefers []graph.Preference
	fixed := map[graph.Kind][]graph.Tie{}
	for i, text := range oddTexts {
		c, p, k := "c"+text, "p"+text, "k"+text
		attributes := []string{
			fmt.Sprintf(`{"n":%d,"note":%s,"x":0.1,%s:1}`, i, quoted(text), quoted(text)), `{"empty":"","n":2.5,"yes":true}`,
			`{"n":"text","nested":{"a":1},"none":null}`, "", "no JSON " + text,
		}[i%5]
		l.customers = append(l.customers, graph.Customer{ID: c, Attributes: attributes})
		l.products = append(l.products, graph.Product{ID: p, Name: text, Category: text, Price: float64(i) - 1, AvailableFrom: at})
		f.Communities = append(f.Communities, graph.CommunityFinding{ID: k, Parent: text, Level: i % 2, Size: i, Density: 1 / float64(3+i), Leader: text, Disseminator: c})
		finding := graph.CustomerFinding{ID: c, Community: k, Role: text, Core: i%2 == 0, PageRank: 1e-300 * float64(i), Authority: 1e22, Gone: i%3 == 0, RiskOwn: .1}
		if i%2 == 0 {
			finding.RiskParts = []graph.RiskPart{{From: "c" + text, Part: 0.25}, {From: "plain", Part: 1e-9}}
			finding.RiskOther = -0.5
		}
		if i != 3 {
			customers = append(customers, finding)
		}
		members = append(members, graph.Membership{Customer: c, Community: k, Degree: 0.3, Core: true})
		prefers = append(prefers, graph.Preference{Community: k, Product: p, Supporters: 5, Support: .5, Lift: 1.5, LiftLow: 1.1})
		tie := graph.Tie{From: c, To: "c" + oddTexts[(i+1)%len(oddTexts)], Weight: 0.1 * float64(1+i), Count: int64(i) << 40, Messages: 2, Seconds: -3, First: at, Last: at.Add(time.Duration(i) * time.Microsecond)}
		l.ties[graph.Called] = append(l.ties[graph.Called], tie, graph.Tie{From: c, To: "stranger " + text, Weight: 1})
		tie.To, tie.Quantity, tie.Amount, tie.Messages, tie.Seconds = p, 1.5, -1e15/3, 0, 0
		l.ties[graph.Bought] = append(l.ties[graph.Bought], tie)
		tie = graph.Tie{From: c, To: "strange product " + text, Weight: 2, Count: 2, Seconds: 9, First: time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)}
		l.ties[graph.Viewed] = append(l.ties[graph.Viewed], tie)
		if i%7 == 0 {
			fixed[graph.Called] = append(fixed[graph.Called],
				graph.Tie{From: c, To: "stranger " + text, Weight: 3.5}, graph.Tie{From: c, To: "fixed " + text, Weight: 4},
				graph.Tie{From: c, To: "c" + oddTexts[(i+2)%len(oddTexts)], Weight: 0})
			fixed[graph.Viewed] = append(fixed[graph.Viewed], graph.Tie{From: c, To: p, Weight: 0})
		}
	}
	customers = append(customers, graph.CustomerFinding{ID: "unlisted", Role: "found all the same"})
	slices.SortFunc(l.customers, func(a, b graph.Customer) int { return strings.Compare(a.ID, b.ID) })
	slices.SortFunc(customers, func(a, b graph.CustomerFinding) int { return strings.Compare(a.ID, b.ID) })
	f.Customers, f.Memberships, f.Preferences = slices.Values(customers), slices.Values(members), slices.Values(prefers)
	return Bulk{Source: l, Findings: f, Fixed: func(_ context.Context, k graph.Kind) iter.Seq2[graph.Tie, error] { return yieldAll(fixed[k]) }}
}

// TestBulkImport writes a graph into a server twice, by a Store and by the real
// neo4j-admin from the files of an Export, and finds no difference.
func TestBulkImport(t *testing.T) {
	server := neo4jtest.Own(t)
	s := openEmpty(t, server, Options{})
	bulk := odd()
	mustSync(t, s, bulk.Source)
	for _, k := range graph.Kinds {
		for f, err := range bulk.Fixed(t.Context(), k) {
			if err != nil {
				t.Fatal(err)
			}
			server.Run(fmt.Sprintf("MERGE (a:Customer {id: $a}) MERGE (b:%s {id: $b}) MERGE (a)-[r:%s]->(b) SET r.fixed_weight = $w", targetLabel(k), k),
				map[string]any{"a": f.From, "b": f.To, "w": f.Weight})
		}
	}
	if err := s.Publish(t.Context(), bulk.Findings, nil); err != nil {
		t.Fatal(err)
	}
	before, nodes, ties := digest(t, s), allNodes(server), allTies(server)
	run, err := s.Current(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, s, bulk.Source) // without those whom only the findings name
	again := digest(t, s)

	dir := filepath.Join(t.TempDir(), "for import")
	done, err := exportTo(t.Context(), dir, bulk, 10, &reporter{})
	if err != nil {
		t.Fatal(err)
	}
	if want := int64(len(nodes)); done.Nodes != want+1 || done.Relationships != int64(len(ties)) { // the state too
		t.Errorf("%d nodes and %d relationships were written, want %d and %d", done.Nodes, done.Relationships, want+1, len(ties))
	}
	args := scriptArgs(t, dir, "--overwrite-destination=true")
	_ = s.Close()
	server.Stop()
	t.Chdir(dir)
	if out, err := server.Admin(args...); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	server.Start()

	s = openAt(t, server, Options{})
	if after := digest(t, s); after != before {
		t.Error("the imported network is another")
	}
	if got, err := s.Current(t.Context()); err != nil || !cmp.Equal(got, run) {
		t.Errorf("the current run is %+v, %v; want %+v", got, err, run)
	}
	if d := cmp.Diff(nodes, allNodes(server)); d != "" {
		t.Errorf("nodes (-stored +imported):\n%s", d)
	}
	if d := cmp.Diff(ties, allTies(server)); d != "" {
		t.Errorf("relationships (-stored +imported):\n%s", d)
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
	if n := len(server.Run("SHOW CONSTRAINTS", nil)); n < 9 {
		t.Errorf("%d constraints after opening, want 9", n)
	}
	// It goes on from there, without writing what is there already.
	if err := s.Sync(t.Context(), bulk.Source, nil); err != nil || digest(t, s) != again {
		t.Errorf("Sync on the imported graph: %v", err)
	}
	if err := s.Publish(t.Context(), bulk.Findings, nil); err != nil {
		t.Error(err)
	}
	if d := cmp.Diff(nodes, allNodes(server)); d != "" {
		t.Errorf("nodes after another Publish (-stored +imported):\n%s", d)
	}
}

// scriptArgs are what import.sh hands to neo4j-admin.
func scriptArgs(t *testing.T, dir string, more ...string) []string {
	t.Helper()
	fake := filepath.Join(t.TempDir(), "neo4j-admin")
	if err := os.WriteFile(fake, []byte("#!/bin/sh\nfor a; do printf '%s\\0' \"$a\"; done\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "sh", append([]string{filepath.Join(dir, "import.sh")}, more...)...)
	cmd.Env = append(os.Environ(), "NEO4J_ADMIN="+fake)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
}

// allNodes are the nodes that are not kith's own, as text.
func allNodes(server *neo4jtest.Server) []string {
	return shownSorted(server, "MATCH (n) WHERE NOT (n:KithState OR n:KithWriter OR n:KithMigration) RETURN labels(n), properties(n)")
}

func allTies(server *neo4jtest.Server) []string {
	return shownSorted(server, "MATCH (a)-[r]->(b) RETURN a.id, type(r), b.id, properties(r)")
}

func shownSorted(server *neo4jtest.Server, cypher string) []string {
	var list []string
	for _, record := range server.Run(cypher, nil) {
		list = append(list, fmt.Sprintf("%#v", timesShown(record.Values)))
	}
	slices.Sort(list)
	return list
}

// timesShown replaces times by texts, as zones have several names.
func timesShown(v any) any {
	switch v := v.(type) {
	case time.Time:
		return "time " + v.UTC().Format(time.RFC3339Nano)
	case []any:
		for i := range v {
			v[i] = timesShown(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = timesShown(v[k])
		}
	}
	return v
}
