package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kith/graph/duckstore"
	"kith/loaders"
)

// faulty are files that neither load nor graph can make sense of, with a word
// that the sentence about each must have.
var faulty = []struct {
	name, text, load, graph string
}{
	{"empty.csv", "", "empty", "empty"},
	{"binary.csv", "\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x3e\x00", "binary", "binary"},
	{"one-column.csv", "caller;callee;start\n1 2 3\n4 5 6\n", "column", ""},
	{"no-column.csv", "when,who\n2026-01-01,a\n2026-01-02,b\n", "caller", ""},
	{"unclosed.csv", "caller,callee\n\"a,b\nc,d\n", "", "quot"},
	{"bad-weight.csv", "from,to,weight\na,b,1\nb,c,NaN\n", "", "line 3"},
	{"negative-weight.csv", "from,to,weight\na,b,1\nb,c,-2\n", "", "line 3"},
	{"ragged.csv", "from,to\na,b\nb,c,d,e\n", "", "line 3"},
}

// oneSentence fails unless a command ended with a code and one line that has the
// words.
func oneSentence(t *testing.T, errs string, code, wantCode int, words ...string) {
	t.Helper()
	if code != wantCode {
		t.Errorf("ended with %d, want %d: %s", code, wantCode, errs)
	}
	if strings.Count(strings.TrimSpace(errs), "\n") > 0 || strings.TrimSpace(errs) == "" {
		t.Errorf("want one sentence, got:\n%s", errs)
	}
	for _, w := range words {
		if !strings.Contains(errs, w) {
			t.Errorf("%q does not say %q", errs, w)
		}
	}
}

func TestFaultyFiles(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	good := filepath.Join(dir, "good.csv")
	if err := os.WriteFile(good, []byte("caller,callee\na,b\nb,c\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	must(t, "load", "--data", data, "--as", "calls", good)
	before := must(t, "load", "--data", data, "--receipts")
	check := func(name, path, load, graph string) {
		t.Run(name, func(t *testing.T) {
			if load != "" {
				_, errs, code := kith(t, "load", "--data", data, "--as", "calls", path)
				oneSentence(t, errs, code, exitData, filepath.Base(path), load)
			}
			if graph != "" {
				out := filepath.Join(dir, "out.csv")
				_, errs, code := kith(t, "graph", "leiden", path, "--out", out)
				oneSentence(t, errs, code, exitData, filepath.Base(path), graph)
				if _, err := os.Stat(out); err == nil {
					t.Errorf("%s was written", out)
				}
			}
		})
	}
	for _, f := range faulty {
		path := filepath.Join(dir, f.name)
		if err := os.WriteFile(path, []byte(f.text), 0o600); err != nil {
			t.Fatal(err)
		}
		check(f.name, path, f.load, f.graph)
	}
	check("missing", filepath.Join(dir, "missing.csv"), "no such file", "does not exist")
	hollow := filepath.Join(dir, "hollow")
	if err := os.Mkdir(hollow, 0o700); err != nil {
		t.Fatal(err)
	}
	check("folder", hollow, "folder", "folder")
	check("data folder", data, "data folder of kith", "folder")
	if after := must(t, "load", "--data", data, "--receipts"); after != before {
		t.Errorf("faulty files left receipts:\n%s", after)
	}
	must(t, "analyze", "--data", data)
}

func TestOddIdsComeThrough(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "odd.csv")
	text := "caller,callee\n\"Doe, Jane\",😀\n😀,007\n007,7\n+7,\"quo\"\"te\"\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(dir, "data")
	must(t, "load", "--data", data, "--as", "calls", path)
	must(t, "analyze", "--data", data)
	r := open(t, data)
	out := filepath.Join(dir, "out.csv")
	must(t, "graph", "components", path, "--out", out)
	listed := map[string]string{}
	for _, row := range rows(t, out, ',', true) {
		listed[row[0]] = row[1]
	}
	for _, id := range []string{"Doe, Jane", "😀", "007", "7", "+7", `quo"te`} {
		if _, ok := r.Customers.Find(id); !ok {
			t.Errorf("analyze lost %q", id)
		}
		if _, ok := listed[id]; !ok {
			t.Errorf("graph lost %q", id)
		}
	}
	if listed["Doe, Jane"] != listed["7"] || listed["+7"] == listed["7"] {
		t.Errorf("components are %v", listed)
	}
}

func TestLockedAndNewerFolders(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "calls.csv")
	if err := os.WriteFile(path, []byte("caller,callee\na,b\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(dir, "data")
	must(t, "load", "--data", data, "--as", "calls", path)
	st, err := duckstore.Open(t.Context(), data, duckstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, errs, code := kith(t, "analyze", "--data", data)
	oneSentence(t, errs, code, exitLocked, "in use", data)
	if _, err := st.DB().ExecContext(t.Context(), "INSERT INTO main.migrations (name, checksum) VALUES ('9999_from_the_future.sql', '')"); err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	_, errs, code = kith(t, "analyze", "--data", data)
	oneSentence(t, errs, code, exitLocked, "newer version")
}

// TestNightlyJob loads the same files again and again, as a nightly job would.
func TestNightlyJob(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	result := ""
	for night := range 3 {
		path := filepath.Join(dir, fmt.Sprintf("night-%d.csv", min(night, 1)))
		text := fmt.Sprintf("caller,callee,at\na,b,2026-01-0%d\nb,c,2026-01-01\n", 1+min(night, 1))
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		receipts := decoded[[]loaders.Receipt](t, "load", "--data", data, "--as", "calls", path)
		must(t, "analyze", "--data", data)
		switch id := open(t, data).Run.ID; night {
		case 0:
			result = id
		case 1:
			same(t, "new rows of the second night", receipts[0].Accepted, 1)
			same(t, "rows that were there", receipts[0].Duplicates, 1)
			if id == result {
				t.Error("a new call changed nothing")
			}
			result = id
		case 2:
			if !receipts[0].Again || id != result {
				t.Errorf("the same file again: %+v, result %s after %s", receipts[0], id, result)
			}
		}
	}
}
