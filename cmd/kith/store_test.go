package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kith/api/analysis"
	"kith/graph/neo4jstore/neo4jtest"
)

// TestSameResultFromBothStores analyses one house with its graph in the data
// folder and in Neo4j: the results are the same to the bit, and analysts find
// them in the graph.
func TestSameResultFromBothStores(t *testing.T) {
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
