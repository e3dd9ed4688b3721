package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kith/graph/neo4jstore/neo4jtest"
)

// TestExportNeo4jImport exports a simulated house, imports it with the real
// neo4j-admin, and analyses it there: the result is that of the house, and the
// import has left nothing for the analysis to write.
func TestExportNeo4jImport(t *testing.T) {
	house := filepath.Join(demo(t), "data")
	want := open(t, house)
	dir := filepath.Join(t.TempDir(), "it's for import")
	e := decoded[exported](t, "export", "neo4j-import", dir, "--data", house, "--with-names")
	wanted := int64(want.Customers.Len() + want.Products.Len() + len(want.Findings().Communities) + 2) // and the run, and the state
	if e.Result != want.Run.ID || e.Nodes != wanted {
		t.Errorf("result %s with %d nodes, want %s with %d", e.Result, e.Nodes, want.Run.ID, wanted)
	}

	t.Run("the same bytes again", func(t *testing.T) {
		again := filepath.Join(t.TempDir(), "again")
		said := must(t, "export", "neo4j-import", again, "--data", house, "--with-names")
		if !strings.Contains(said, "import.sh") || !strings.Contains(said, want.Run.ID) {
			t.Errorf("it said %q", said)
		}
		for _, name := range e.Files {
			a, err := os.ReadFile(filepath.Join(dir, name))
			b, err2 := os.ReadFile(filepath.Join(again, name))
			if err != nil || err2 != nil || string(a) != string(b) {
				t.Errorf("%s differs; %v, %v", name, err, err2)
			}
		}
	})
	t.Run("a folder with something in it", func(t *testing.T) {
		_, errs, code := kith(t, "export", "neo4j-import", dir, "--data", house)
		oneSentence(t, errs, code, exitFailed, "not empty")
	})
	t.Run("nothing to export", func(t *testing.T) {
		empty := t.TempDir()
		_, errs, code := kith(t, "export", "neo4j-import", filepath.Join(empty, "out"), "--data", filepath.Join(empty, "house"))
		oneSentence(t, errs, code, exitNothing, "load")
		if entries, err := os.ReadDir(empty); err != nil || len(entries) > 0 {
			t.Errorf("it left %v, %v", entries, err)
		}
	})

	server := neo4jtest.Own(t)
	server.Stop()
	script, err := os.ReadFile(filepath.Join(dir, "import.sh"))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	args := []string{"database", "import", "full", "neo4j", "--overwrite-destination=true"}
	for _, word := range strings.Fields(string(script)) {
		if strings.HasPrefix(word, "--nodes=") || strings.HasPrefix(word, "--relationships=") {
			args = append(args, word)
		}
	}
	if out, err := server.Admin(args...); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	server.Start()
	password := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(password, []byte(server.Password), 0o600); err != nil {
		t.Fatal(err)
	}
	flags := storeFlags{Store: server.URI, StoreUser: server.User, StorePasswordFile: password}
	h, err := openHouse(t.Context(), house, flags)
	if err != nil {
		t.Fatal(err)
	}
	r, err := h.current(t.Context())
	if err != nil || r.Run.ID != want.Run.ID {
		t.Errorf("the current result in Neo4j is %v, %v; want %s", r, err, want.Run.ID)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	s := decoded[summary](t, "analyze", "--currency", "EUR", "--data", house, "--store", server.URI, "--store-user", server.User, "--store-password-file", password)
	if s.Result != want.Run.ID {
		t.Errorf("an analysis in Neo4j gives %s, want %s", s.Result, want.Run.ID)
	}
	if n := server.Run("MATCH (s:KithState) RETURN s.generation", nil)[0].Values[0]; n != int64(1) {
		t.Errorf("the network is number %v, want 1: the analysis found a difference in what was imported", n)
	}
}
