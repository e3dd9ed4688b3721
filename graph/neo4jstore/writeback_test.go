package neo4jstore

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/graph"
	"kith/graph/neo4jstore/neo4jtest"
)

// shopMap is about the graph that makeShop makes.
const shopMap = `
customers: {labels: [Kunde, Käufer], id: nr}
products: {labels: Ware, id: nr}
calls: [{type: KENNT, weight: w}]
purchases: [{type: KAUFT, direction: in}]
`

// makeShop makes a graph whose customers and products are those of a crowd.
func makeShop(server *neo4jtest.Server, c crowd) {
	server.Run("UNWIND range(0, $n-1) AS i CREATE (k:Kunde {nr: 'c' + i, kith: i}) WITH k, i WHERE i % 3 = 0 SET k:Käufer REMOVE k:Kunde", map[string]any{"n": c.n})
	server.Run("UNWIND range(0, 19) AS i CREATE (:Ware {nr: 'p' + i})", nil)
	server.Run(`MATCH (a) WHERE a:Kunde OR a:Käufer WITH collect(a) AS folk UNWIND range(0, size(folk)-1) AS i WITH folk, folk[i] AS a, i
		UNWIND range(1, 3) AS d WITH a, folk[(i+d) % size(folk)] AS b, d CREATE (a)-[:KENNT {w: d}]->(b)`, nil)
	server.Run("MATCH (a) WHERE a:Kunde OR a:Käufer MATCH (p:Ware {nr: 'p' + a.kith % 20}) CREATE (p)-[:KAUFT]->(a)", nil)
}

// back looks which run's communities, memberships and preferences stand in the
// graph, and says what is not whole about them. It locks the run, so that it does not
// look while the server, which may wait for a processor, is making a change visible.
func back(v *Visitor, c crowd) (id, fault string) {
	records, err := v.writer.rows(context.Background(), `OPTIONAL MATCH (r:KithRun)
		SET r.slot = r.slot
		WITH r.id AS id
		CALL () { MATCH (k:KithCommunity) RETURN collect(DISTINCT k.run) AS runs, count(k) AS communities }
		CALL () { MATCH (n)-[m:KITH_MEMBER_OF]->(:KithCommunity) RETURN count(m) AS members, collect(DISTINCT m.degree) AS degrees }
		CALL () { MATCH (:KithCommunity)-[p:KITH_PREFERS]->(:Ware {nr: 'p1'}) RETURN count(p) AS prefers }
		RETURN id, runs, communities, members, degrees, prefers`, nil)
	if err != nil {
		return "", err.Error()
	}
	row := records[0].AsMap()
	id, _ = row["id"].(string)
	want := map[string]any{"id": id, "runs": []any{id}, "communities": int64(12), "members": int64(c.n), "degrees": []any{float64(len(id))}, "prefers": int64(12)}
	if id == "" {
		want = map[string]any{"id": nil, "runs": []any{}, "communities": int64(0), "members": int64(0), "degrees": []any{}, "prefers": int64(0)}
	}
	return id, cmp.Diff(want, row)
}

func mustBeBack(t *testing.T, v *Visitor, c crowd) string {
	t.Helper()
	id, fault := back(v, c)
	if fault != "" {
		t.Errorf("run %s is not whole: %s", id, fault)
	}
	return id
}

func mustFill(t *testing.T, v *Visitor, server *neo4jtest.Server, c crowd, id string) {
	t.Helper()
	if mustBeBack(t, v, c) != id {
		t.Errorf("run %s is not current", id)
	}
	for cypher, want := range map[string]int64{
		"MATCH (n) WHERE n.kith_run = '%s' AND n.kith_role = '%s' AND n.kith_pagerank = n.kith AND n.kith_churn_risk IS NULL RETURN count(n)": int64(c.n),
		"MATCH (n:KithRun) WHERE n.filling IS NULL AND n.seed = '7' RETURN count(n)":                                                          1,
		"MATCH (n) WHERE n:KithCommunityNext OR n:KithCommunityFormer RETURN count(n)":                                                        0,
	} {
		if n := number1(server, strings.ReplaceAll(cypher, "%s", id)); n != want {
			t.Errorf("%s: %d, want %d", cypher, n, want)
		}
	}
}

// TestWriteBack writes runs one after the other, breaking off at several stages,
// while a reader looks: it never sees a part of a run. Taking everything away
// leaves the graph as it was.
func TestWriteBack(t *testing.T) {
	server := neo4jtest.Open(t)
	dropConstraints(server)
	wipe(t, server)
	c := crowd{n: 600}
	makeShop(server, c)
	before := everything(server)
	v := visit(t, server, Options{BatchSize: 100})
	m := parsed(t, shopMap)
	reading, err := v.Read(t.Context(), m, nil)
	if err != nil {
		t.Fatal(err)
	}
	if reading.Network.Customers.Len() != c.n || reading.Network.Calls.Arcs() != 3*c.n || reading.Network.Bought.Arcs() != c.n {
		t.Fatalf("the network has %d customers, %d calls and %d purchases", reading.Network.Customers.Len(), reading.Network.Calls.Arcs(), reading.Network.Bought.Arcs())
	}
	write := func(ctx context.Context, run string, p graph.Progress) (WriteBackReport, error) {
		return v.WriteBack(ctx, m, reading, c.findings(run), WriteBackOptions{NoChurn: true}, p)
	}

	watching, stop := context.WithCancel(t.Context())
	var reader sync.WaitGroup
	reader.Go(func() {
		// A query of several parts may itself see the moment of the change; a
		// run that is half there stays so for longer.
		for halves := 0; watching.Err() == nil; {
			time.Sleep(20 * time.Millisecond)
			id, fault := back(v, c)
			if halves++; fault == "" {
				halves = 0
			}
			if halves == 3 {
				t.Errorf("run %s is not whole for a reader: %s", id, fault)
			}
		}
	})
	report, err := write(t.Context(), "run", nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(WriteBackReport{Customers: int64(c.n), Communities: 12, Memberships: int64(c.n), Preferences: 12}, report); diff != "" {
		t.Error(diff)
	}
	mustFill(t, v, server, c, "run")

	stages := map[string]bool{}
	if _, err := write(t.Context(), "run 2", func(stage string, _, _ int64) { stages[stage] = true }); err != nil {
		t.Fatal(err)
	}
	mustFill(t, v, server, c, "run 2")
	// Runs come before and after "run 2" by the alphabet and in length.
	for i, stage := range []string{"writing memberships", "making the run current", "writing what was found about customers", "removing the former run"} {
		if !stages[stage] {
			t.Errorf("there is no stage %q", stage)
		}
		ctx, cancel := context.WithCancel(t.Context())
		_, err := write(ctx, fmt.Sprint("broken", i), func(s string, done, _ int64) {
			if s == stage && (done > 0 || !strings.HasPrefix(s, "writing")) {
				cancel()
			}
		})
		cancel()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("broken off while %s: %v", stage, err)
		}
		mustBeBack(t, v, c)
	}
	if _, err := write(t.Context(), "last", nil); err != nil {
		t.Fatal(err)
	}
	mustFill(t, v, server, c, "last")
	stop()
	reader.Wait()

	// Two at a time take turns.
	var both sync.WaitGroup
	for _, run := range []string{"left", "right!"} {
		both.Go(func() {
			other := visit(t, server, Options{BatchSize: 100})
			if _, err := other.WriteBack(t.Context(), m, reading, c.findings(run), WriteBackOptions{NoChurn: true}, nil); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	mustFill(t, v, server, c, mustBeBack(t, v, c))

	// A customer that went away meanwhile is counted, and one whose node somebody else has now is not touched.
	server.Run("MATCH (a {nr: 'c7'}) SET a.nr = 'new'", nil)
	if report, err = write(t.Context(), "gone", nil); err != nil || report.Gone != 1 || report.Memberships != int64(c.n-1) {
		t.Errorf("%+v, %v", report, err)
	}
	if n := number1(server, "MATCH (a {nr: 'new'}) WHERE a.kith_run IS NULL RETURN count(a)"); n != 1 {
		t.Error("a node with another id has been written to")
	}
	server.Run("MATCH (a {nr: 'new'}) SET a.nr = 'c7'", nil)

	if err := v.RemoveWriteBack(t.Context(), "kith_", nil); err != nil {
		t.Fatal(err)
	}
	if everything(server) != before {
		t.Error("removing what was written back does not leave the graph as it was")
	}
	if err := v.RemoveWriteBack(t.Context(), "", nil); !errors.Is(err, ErrNoWriteBack) {
		t.Errorf("nothing to remove gives %v", err)
	}
}

// dropConstraints removes what a store keeps its own graph in order with.
func dropConstraints(server *neo4jtest.Server) {
	// An index of a constraint goes with it, and not alone.
	for _, kind := range [][2]string{{"CONSTRAINT", "CONSTRAINTS"}, {"INDEX", "INDEXES"}} {
		for _, record := range server.Run("SHOW "+kind[1]+" YIELD name WHERE name STARTS WITH 'kith' RETURN name", nil) {
			server.Run("DROP "+kind[0]+" "+record.Values[0].(string)+" IF EXISTS", nil)
		}
	}
}

// TestWriteBackOfNastyGraph writes all there is to write, with another prefix.
func TestWriteBackOfNastyGraph(t *testing.T) {
	server := neo4jtest.Open(t)
	dropConstraints(server)
	wipe(t, server)
	makeNasty(server)
	before := everything(server)
	v := visit(t, server, Options{})
	m := nastyMap(t)
	reading, err := v.Read(t.Context(), m, nil)
	if err != nil {
		t.Fatal(err)
	}
	f := &graph.Findings{
		Run:         graph.Run{ID: "r'`\\u0060", At: time.Unix(1, 0)},
		Communities: []graph.CommunityFinding{{ID: nastyID, Size: 2, Risk: .5, Leader: nastyID}},
		Customers: func(yield func(graph.CustomerFinding) bool) {
			_ = yield(graph.CustomerFinding{ID: "7", Community: nastyID, ChurnRisk: .25, RiskOwn: .2, RiskParts: []graph.RiskPart{{From: nastyID, Part: .05}}}) &&
				yield(graph.CustomerFinding{ID: nastyID, Community: nastyID, Gone: true})
		},
		Memberships: func(yield func(graph.Membership) bool) {
			_ = yield(graph.Membership{Customer: "7", Community: nastyID, Degree: 1}) && yield(graph.Membership{Customer: nastyID, Community: nastyID, Degree: 1, Leader: true})
		},
		Preferences: func(yield func(graph.Preference) bool) {
			yield(graph.Preference{Community: nastyID, Product: `p"1`, Supporters: 2})
		},
	}
	if _, err := v.WriteBack(t.Context(), m, reading, f, WriteBackOptions{Prefix: "soc_Net"}, nil); err != nil {
		t.Fatal(err)
	}
	for _, cypher := range []string{
		"MATCH (n)-[:SOC_NET_MEMBER_OF {leader: true}]->(k:SocNetCommunity {id: $id, leader: $id, risk: 0.5})-[:SOC_NET_PREFERS]->({sku: 'p\"1'}) WHERE n.soc_Netgone RETURN n",
		"MATCH (n {soc_Netcommunity: $id, soc_Netrisk_from: [$id], soc_Netrisk_parts: [0.05], soc_Netchurn_risk: 0.25}) RETURN n",
		"MATCH (r:SocNetRun) WHERE r.id = $run RETURN r",
	} {
		if len(server.Run(cypher, map[string]any{"id": nastyID, "run": f.Run.ID})) != 1 {
			t.Errorf("the graph lacks %s", cypher)
		}
	}
	// Somebody else's things are not taken for ours.
	server.Run("CREATE (:KithCommunity {name: 'a village'})", nil)
	if _, err := v.WriteBack(t.Context(), m, reading, f, WriteBackOptions{}, nil); err == nil || !strings.Contains(err.Error(), "choose another prefix") {
		t.Errorf("a label that is taken gives %v", err)
	}
	server.Run("MATCH (k:KithCommunity) DELETE k", nil)
	server.Run("MATCH (k {soc_Netgone: true}) SET k.kith_role = 'friend'", nil)
	if _, err := v.WriteBack(t.Context(), m, reading, f, WriteBackOptions{}, nil); err == nil || !strings.Contains(err.Error(), "properties that begin with kith_") {
		t.Errorf("a property that is taken gives %v", err)
	}
	server.Run("MATCH (k {soc_Netgone: true}) REMOVE k.kith_role", nil)
	for _, prefix := range []string{"_", "1x", "a b", "x`y", strings.Repeat("x", 40)} {
		if _, err := v.WriteBack(t.Context(), m, reading, f, WriteBackOptions{Prefix: prefix}, nil); err == nil || !strings.Contains(err.Error(), "prefix") {
			t.Errorf("the prefix %q gives %v", prefix, err)
		}
	}
	if err := v.RemoveWriteBack(t.Context(), "soc_Net", nil); err != nil {
		t.Fatal(err)
	}
	if everything(server) != before {
		t.Error("removing what was written back does not leave the graph as it was")
	}
}
