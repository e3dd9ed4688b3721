package main

import (
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

	// A record that is merged says whose it is, until it is split off again.
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
		if n := server.Run("MATCH (r:Customer {id: 'web-ann'}) WHERE r.run IS NULL AND NOT (r)--() RETURN count(r)", nil)[0].Values[0]; n != int64(1) {
			t.Error("a merged record has findings or ties of its own")
		}
		must(t, "identity", "split", "--data", house, "web-ann")
		must(t, flags...)
		if n := server.Run("MATCH (c:Customer {id: 'web-ann'}) WHERE c.person IS NULL AND c.run IS NOT NULL RETURN count(c)", nil)[0].Values[0]; n != int64(1) {
			t.Error("a record that was split off is still somebody else's")
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
