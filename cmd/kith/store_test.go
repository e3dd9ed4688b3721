package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"kith/api/analysis"
	"kith/graph/neo4jstore/neo4jtest"
)

// TestSameResultFromBothStores analyses one house with its graph in the data
// folder and in Neo4j: the results are the same to the bit, and analysts find
// them in the graph.
func TestSameResultFromBothStores(t *testing.T) {
	t.Parallel()
	server := neo4jtest.Open(t)
	dir := filepath.Join(demo(t), "data")
	embedded := open(t, dir).Run.ID

	password := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(password, []byte(server.Password+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	flags := []string{"--data", dir, "--store", server.URI, "--store-user", server.User, "--store-password-file", password}
	s := decoded[summary](t, append([]string{"analyze", "--currency", "EUR"}, flags...)...)
	if s.Result != embedded {
		t.Fatalf("the result is %s from Neo4j and %s from the data folder", s.Result, embedded)
	}
	want, err := analysis.Open(filepath.Join(dir, "results"), embedded)
	if err != nil {
		t.Fatal(err)
	}
	placed := 0 // those without any tie are in no community
	for u := range want.Customers.Len() {
		if want.MembershipOffsets[u+1] > want.MembershipOffsets[u] {
			placed++
		}
	}
	for query, count := range map[string]int{
		"MATCH (c:Customer) WHERE c.run IS NOT NULL RETURN count(c)":       want.Customers.Len(),
		"MATCH (c:Customer) WHERE c.community IS NOT NULL RETURN count(c)": placed,
		"MATCH (c:Community {level: 0}) RETURN count(c)":                   want.Levels[0].Count(),
		"MATCH (:Customer)-[r:CALLED]->(:Customer) RETURN count(r)":        want.Calls.Arcs(),
		"MATCH (:Customer)-[r:BOUGHT]->(:Product) RETURN count(r)":         want.Bought.Arcs(),
		"MATCH (:Customer)-[r:MEMBER_OF]->(:Community) RETURN count(r)":    len(want.MembershipCommunity),
	} {
		rows := server.Run(query, nil)
		if got := int(rows[0].Values[0].(int64)); got != count {
			t.Errorf("%s gives %d, want %d", query, got, count)
		}
	}

	// It serves, too.
	h, err := openHouse(t.Context(), dir, storeFlags{Store: server.URI, StoreUser: server.User, StorePasswordFile: password})
	if err != nil {
		t.Fatal(err)
	}
	base := serveHouse(t, h)
	get(t, base+"/readyz", http.StatusOK)
	if got := get(t, base+"/v1/communities?limit=1", http.StatusOK)["result"]; got != embedded {
		t.Errorf("serve answers from %v", got)
	}

	// A record that is merged stands with whose it is, until it is split off again.
	t.Run("merged records", func(t *testing.T) {
		house := filepath.Join(t.TempDir(), "data")
		flags := append([]string{"analyze", "--data", house}, flags[2:]...)
		must(t, "load", "--data", house, "--as", "calls", textFile(t, "calls.csv", "caller,callee\nann,bob\nbob,cleo\ncleo,ann\nweb-ann,bob\n"))
		must(t, flags...)
		must(t, "identity", "merge", "--data", house, "ann", "web-ann")
		must(t, flags...)
		page, err := os.ReadFile("../../docs/neo4j.md")
		if err != nil {
			t.Fatal(err)
		}
		_, documented, _ := strings.Cut(string(page), "// What was found about whoever has the record $id.")
		documented, _, _ = strings.Cut(documented, "```")
		for _, id := range []string{"ann", "web-ann"} {
			rows := server.Run(documented, map[string]any{"id": id})
			if len(rows) != 1 || rows[0].Values[0] != "ann" || rows[0].Values[1] == nil || !reflect.DeepEqual(rows[0].Values[5], []any{"web-ann"}) {
				t.Errorf("of %s is found %v", id, rows)
			}
		}
		if n := server.Run("MATCH (c:Customer) RETURN count(c)", nil)[0].Values[0]; n != int64(3) {
			t.Errorf("%v customers where two of four records are one's, want 3", n)
		}
		must(t, "identity", "split", "--data", house, "web-ann")
		must(t, flags...)
		if n := server.Run("MATCH (c:Customer {id: 'web-ann'}) WHERE c.run IS NOT NULL AND NOT EXISTS { MATCH (a:Customer) WHERE 'web-ann' IN a.aliases } RETURN count(c)", nil)[0].Values[0]; n != int64(1) {
			t.Error("a record that was split off is still somebody else's")
		}
	})

	// Whatever leaves the data leaves both graphs, so that the results stay the same.
	t.Run("what leaves", func(t *testing.T) {
		house := filepath.Join(t.TempDir(), "data")
		data := []string{"--data", house}
		same := func(customers, products string) {
			t.Helper()
			inNeo4j := decoded[summary](t, append([]string{"analyze", "--data", house}, flags[2:]...)...).Result
			nodes := server.Run(`OPTIONAL MATCH (c:Customer) WITH c.id AS id ORDER BY id WITH collect(id) AS customers
				OPTIONAL MATCH (p:Product) WITH customers, p.id AS id ORDER BY id RETURN customers, collect(id)`, nil)[0].Values
			if got := fmt.Sprint(nodes...); got != "["+customers+"] ["+products+"]" {
				t.Errorf("in Neo4j are %s, want %s and %s", got, customers, products)
			}
			if embedded := decoded[summary](t, "analyze", "--data", house); embedded.Result != inNeo4j || embedded.Customers != len(strings.Fields(customers)) {
				t.Errorf("the result is %s from Neo4j and %s of %d customers from the data folder", inNeo4j, embedded.Result, embedded.Customers)
			}
		}
		server.Run("CREATE (:Manager {name: 'Eve'})", nil)
		must(t, append([]string{"load", "--as", "purchases", textFile(t, "new.csv", "customer,product,at\nann,tea,2026-03-01\nbob,tea,2026-03-02\nweb-ann,cup,2026-03-02\n")}, data...)...)
		must(t, append([]string{"load", "--as", "purchases", textFile(t, "old.csv", "customer,product,at\nann,pot,2024-03-01\nzoe,pot,2024-03-02\n")}, data...)...)
		must(t, append([]string{"load", "--as", "calls", textFile(t, "wrong.csv", "caller,callee\nann,xen\nxen,yul\n")}, data...)...)
		same("ann bob web-ann xen yul zoe", "cup pot tea")
		server.Run("MATCH (m:Manager), (x:Customer {id: 'xen'}) CREATE (m)-[:CARES_FOR]->(x)", nil)
		must(t, append([]string{"load", "--undo", "3", "--yes"}, data...)...)
		same("ann bob web-ann zoe", "cup pot tea")
		must(t, append([]string{"identity", "merge", "ann", "web-ann"}, data...)...)
		same("ann bob zoe", "cup pot tea")
		must(t, append([]string{"trim", "--keep", "400d", "--yes"}, data...)...)
		same("ann bob", "cup tea")
		must(t, append([]string{"identity", "split", "web-ann"}, data...)...)
		same("ann bob web-ann", "cup tea")
		must(t, append([]string{"forget", "bob", "--yes", "--data", house}, flags[2:]...)...)
		same("ann web-ann", "cup tea")
		if n := server.Run("MATCH (m:Manager {name: 'Eve'}) RETURN count(m)", nil)[0].Values[0]; n != int64(1) {
			t.Error("somebody else's node has left with what was tied to it")
		}
	})
}

func TestStoreThatIsNotThere(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "calls.csv")
	if err := os.WriteFile(path, []byte("caller,callee\na,b\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(dir, "data")
	must(t, "load", "--data", data, "--as", "calls", path)
	_, errs, code := kith(t, "analyze", "--data", data, "--store", "bolt://127.0.0.1:1", "--store-password", "s3cret", "--store-timeout", "100ms")
	oneSentence(t, errs, code, exitFailed, "does not answer")
	_, more, code := kith(t, "analyze", "--data", data, "--store", "http://x:s3cret@127.0.0.1", "--store-password", "s3cret")
	oneSentence(t, more, code, exitFailed, "neo4j")
	if strings.Contains(errs+more, "s3cret") {
		t.Errorf("a password is in an error: %s %s", errs, more)
	}
}
