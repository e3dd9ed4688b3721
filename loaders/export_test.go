package loaders

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// holdTask makes the child of a test open a database for writing.
const holdTask = "hold"

func holdDatabase(_, file string) error {
	db, err := sql.Open("duckdb", file)
	if err != nil {
		return err
	}
	if err := db.PingContext(context.Background()); err != nil {
		return err
	}
	fmt.Println("open")
	_, _ = io.Copy(io.Discard, os.Stdin)
	return db.Close()
}

// house makes a database with one table of calls.
func house(t *testing.T) string {
	path := filepath.Join(t.TempDir(), "house.duckdb")
	db, err := sql.Open("duckdb", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "CREATE TABLE calls AS SELECT 'a' AS caller, 'b' AS callee; CREATE SEQUENCE numbers"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLockedDatabase(t *testing.T) {
	path := house(t)
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env = append(os.Environ(), childTask+"="+holdTask+"|"+path)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, _ := bufio.NewReader(out).ReadString('\n'); line != "open\n" {
		t.Fatalf("the child said %q", line)
	}
	st, _ := newStore(t)
	o := Options{Kind: Calls, Files: []string{path}, SQL: "SELECT * FROM calls"}
	if _, err := Load(t.Context(), st, o); err == nil || !strings.Contains(err.Error(), "another program has the database open for writing") {
		t.Errorf("a locked database: %v", err)
	}
	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	if r := mustLoad(t, st, o); r.Accepted != 1 {
		t.Errorf("once it is free: %+v", r)
	}
}

// A query can change nothing: not the database, not a file, not the store.
func TestQueryOnlyReads(t *testing.T) {
	path := house(t)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	st, dir := newStore(t)
	other := write(t, "calls.csv", "caller,callee\nx,y\n")
	for _, query := range []string{
		"INSERT INTO calls VALUES ('c', 'd') RETURNING *", "SELECT nextval('numbers') AS caller, 'b' AS callee", "COPY calls TO '" + other + ".out'",
		"SELECT * FROM read_csv('" + other + "')", "FROM '" + other + "'", "SELECT content AS caller, 'b' AS callee FROM read_text('" + other + "')",
		"ATTACH '" + filepath.Join(dir, "kith.duckdb") + "'", "SELECT 1) TO '" + other + ".out'; --", "INSTALL httpfs", "SET enable_external_access = true", "", ";",
	} {
		_, err := Load(t.Context(), st, Options{Kind: Calls, Files: []string{path}, SQL: query, Map: Map{"caller": "1", "callee": "2"}})
		if err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", query, err)
		}
	}
	after, err := os.ReadFile(path)
	if err != nil || string(after) != string(before) {
		t.Errorf("the database has changed: %v", err)
	}
	if _, err := os.Stat(other + ".out"); err == nil {
		t.Error("a file was written")
	}
	for _, query := range []string{"FROM calls", "WITH c AS (SELECT * FROM calls) SELECT callee AS caller, caller AS callee FROM c;", "SELECT * FROM house.calls WHERE callee <> 'it''s' -- all"} {
		if _, err := Load(t.Context(), st, Options{Kind: Calls, Files: []string{path}, SQL: query}); err != nil {
			t.Errorf("%s: %v", query, err)
		}
	}
	if n := count(t, st, "SELECT count(*) FROM events.calls"); n != 2 {
		t.Errorf("%d calls", n)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "tmp", "*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// What a query gives is explained like any file.
func TestExplainQuery(t *testing.T) {
	all, err := Explain(t.Context(), Options{Kind: Calls, Files: []string{house(t)}, SQL: "SELECT caller, callee, 5 AS seconds FROM calls"})
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	if e := all[0]; e.Problem != "" || len(e.Stored) != 1 || len(e.Rejects) != 0 {
		t.Errorf("%+v", e)
	}
}
