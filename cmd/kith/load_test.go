package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"kith/loaders"
)

// TestLoadFromAnywhere loads a folder, a pattern, the standard input and a query,
// each with a report for programs.
func TestLoadFromAnywhere(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"in/b.csv": "caller,callee\na,b\n", "in/a.jsonl": "{\"caller\": \"b\", \"callee\": \"c\"}\n{\n", "in/notes.md": "calls\n", "in/_SUCCESS": "",
		"old.csv": "caller,callee\nM\xfcller,b\n", "piped.csv": "caller,callee\nc,d\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	data := filepath.Join(dir, "data")
	load := func(args ...string) []string {
		return append([]string{"load", "--data", data, "--as", "calls"}, args...)
	}

	receipts := decoded[[]loaders.Receipt](t, load(filepath.Join(dir, "in"))...)
	if len(receipts) != 2 || filepath.Base(receipts[0].File) != "a.jsonl" || receipts[0].Rejected != 1 || receipts[1].Accepted != 1 {
		t.Errorf("a folder: %+v", receipts)
	}
	_, errs, code := kith(t, load(filepath.Join(dir, "in", "*.csv"), filepath.Join(dir, "in"))...)
	if code != exitOK || !strings.Contains(errs, "left out (hidden)") || !strings.Contains(errs, "notes.md") || strings.Contains(errs, "b.csv") {
		t.Errorf("what is left out: %d %s", code, errs)
	}
	_, errs, code = kith(t, load(filepath.Join(dir, "*.nothing"))...)
	oneSentence(t, errs, code, exitData, "no file matches")
	_, errs, code = kith(t, load(filepath.Join(dir, "old.csv"))...)
	oneSentence(t, errs, code, exitData, "--encoding windows-1252", "Müller")
	if r := decoded[[]loaders.Receipt](t, load("--encoding", "latin-1", filepath.Join(dir, "old.csv"))...); r[0].Mapping["(encoding)"] != "windows-1252" {
		t.Errorf("another encoding: %+v", r)
	}

	f, err := os.Open(filepath.Join(dir, "piped.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	stdin := os.Stdin
	os.Stdin = f
	defer func() { os.Stdin = stdin }()
	if r := decoded[[]loaders.Receipt](t, load("-")...); r[0].File != "stdin" || r[0].Accepted != 1 {
		t.Errorf("the standard input: %+v", r)
	}

	db := filepath.Join(dir, "copy.duckdb")
	b, err := os.ReadFile(filepath.Join(data, "kith.duckdb"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(db, b, 0o600); err != nil {
		t.Fatal(err)
	}
	query := "SELECT callee AS caller, caller AS callee FROM events.calls WHERE caller = 'c'"
	for i := range 2 {
		if r := decoded[[]loaders.Receipt](t, load("--sql", query, db)...); r[0].Again != (i == 1) || r[0].Rows != 1 || r[0].Mapping["(sql)"] != query {
			t.Errorf("a query: %+v", r)
		}
	}
	_, errs, code = kith(t, load("--sql", "SELECT x FROM y", db)...)
	oneSentence(t, errs, code, exitData, "copy.duckdb", "Table with name y does not exist")
}

// What several files have in common is said once, and of how many.
func TestReceiptsOfManyFiles(t *testing.T) {
	dir := t.TempDir()
	for i, text := range []string{"caller,callee,cell\na,b,1\n", "caller,callee,cell\na,b,2\n", "caller,callee,cell\na,c,3\na,a,3\n"} {
		path := filepath.Join(dir, fmt.Sprintf("part-%d.csv", i))
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out := must(t, "load", "--data", filepath.Join(t.TempDir(), "data"), "--as", "calls", dir)
	if !regexp.MustCompile(`part-0\.csv +1 +1 +0 +0 +no time +no time `).MatchString(out) || !regexp.MustCompile(`part-1\.csv +1 +0 +1 +0 +- +- `).MatchString(out) {
		t.Errorf("only what is stored has no time: %s", out)
	}
	first := filepath.Join(dir, "part-0.csv")
	for _, want := range []string{
		first + " and 2 other files, each: columns not used: cell\n",
		first + ": 2 customers seen for the first time\n",
		filepath.Join(dir, "part-1.csv") + ": 1 duplicate (1: loaded before from another file)\n",
		filepath.Join(dir, "part-2.csv") + ": 1 customer seen for the first time\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	if strings.Count(out, "columns not used") != 1 {
		t.Error(out)
	}
	out = must(t, "load", "--explain", "--as", "calls", dir)
	if strings.Count(out, "written as:") != 1 || !strings.Contains(out, filepath.Join(dir, "part-2.csv")+"\n  is read as "+first+" is; of all 2 rows 1 would be rejected (1: caller and callee are the same)\n") {
		t.Error(out)
	}
}
