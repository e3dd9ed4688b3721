package loaders

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func explainOne(t *testing.T, o Options) *Explanation {
	t.Helper()
	all, err := Explain(t.Context(), o)
	if err != nil || len(all) != 1 {
		t.Fatalf("%d explanations: %v", len(all), err)
	}
	return all[0]
}

// What an explanation shows is what a load then does.
func TestExplainIsWhatLoadDoes(t *testing.T) {
	path := write(t, "calls.csv", "Anrufer;callee;start;seconds;note\n"+
		"a;b;01.07.2024 10:00;1,5;x\n"+
		"a;a;02.07.2024 10:00;2,5;x\n"+
		"\"a;b\n"+
		"c;d;13.07.2024 10:00;lang;\n"+
		"e;f;14.07.2024 10:00;3;\n")
	o := Options{Files: []string{path}, Map: Map{"caller": "Anrufer"}, Zone: "Europe/Berlin"}
	e := explainOne(t, o)
	if e.Problem != "" || e.Kind.Kind != Calls || e.Looked != 5 || !e.All {
		t.Fatalf("%+v", e)
	}
	st, _ := newStore(t)
	r := mustLoad(t, st, o)
	if r.Rejected != e.Rejected || cmp.Diff(r.Reasons, e.Reasons) != "" {
		t.Errorf("explained %d rejects %v, loaded %d %v", e.Rejected, e.Reasons, r.Rejected, r.Reasons)
	}
	var rejects, stored []string
	for _, x := range e.Rejects {
		j, err := json.Marshal(x)
		if err != nil {
			t.Fatal(err)
		}
		rejects = append(rejects, string(j))
	}
	want := []string{
		`{"line":3,"column":"callee","reason":"caller and callee are the same","row":"a;a;02.07.2024 10:00;2,5;x"}`,
		`{"line":4,"reason":"a quote is never closed","row":"\"a;b"}`,
		`{"line":5,"column":"seconds","reason":"seconds is not a number","row":"c;d;13.07.2024 10:00;lang;"}`,
	}
	if diff := cmp.Diff(want, rejects); diff != "" {
		t.Error(diff)
	}
	for _, row := range e.Stored {
		stored = append(stored, strings.Join(row, " "))
	}
	if diff := cmp.Diff(table(t, st, "SELECT "+strings.Join(e.Header, ", ")+" FROM "+storedCalls), stored); diff != "" {
		t.Error(diff)
	}
	var written []string
	for _, w := range e.Written {
		written = append(written, w.Name+" "+w.Value)
	}
	if got := strings.Join(written, ", "); got != "format text with columns, encoding utf-8, delimiter ';', header yes, decimal comma, dates dmy, zone Europe/Berlin" {
		t.Error(got)
	}
	if last := e.Columns[4]; last.Name != "note" || last.Becomes != "" {
		t.Errorf("%+v", last)
	}
}

// A map file that is written down says the same as what it was written from.
func TestWrittenMapSaysTheSame(t *testing.T) {
	for _, c := range []struct {
		name, text string
		o          Options
	}{
		{"calls.csv", "Anrufer;\"x: 'y', #z\";start;minutes;z\na;0049 1;01.07.2024 10:00;1,5;x\nc;d;13.07.2024 10:00;2;\n", Options{
			Kind: Calls, Map: Map{"caller": "1", "callee": "2", "seconds": "minutes", "kind": "'message'"}, Zone: "Europe/Berlin",
			Changes: Changes{"callee": {{Verb: changeReplace, What: " ", With: ""}, {Verb: changePrefix, What: "00"}, {Verb: changeUpper}}}, Units: map[string]string{"seconds": "minutes"}}},
		{"people.csv", "id,a: b,since,vip\n1,2,2024-01-01,yes\n", Options{}},
		{"pairs.txt", "1 2 1700000000\n2 1 1700000001\n", Options{}},
		{"1.csv", "id,name,name\n1,2,3\n", Options{Kind: Products, Map: Map{"category": "3"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := write(t, c.name, c.text)
			c.o.Files = []string{path}
			c.o.MapFile = NoMapFile
			e := explainOne(t, c.o)
			if e.Problem != "" {
				t.Fatal(e.Problem)
			}
			mapFile := filepath.Join(filepath.Dir(path), "found.map.yaml")
			text, err := e.MapText(mapFile)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(mapFile, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			one, _ := newStore(t)
			two, _ := newStore(t)
			want, got := mustLoad(t, one, c.o).Mapping, mustLoad(t, two, Options{Files: []string{path}}).Mapping
			for _, said := range []string{"(map file)", "(decimal)", "(zone)"} { // said now where it was found out
				delete(got, said)
				delete(want, said)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s\n%s", diff, text)
			}
			query := "SELECT * EXCLUDE (import_id) FROM events." + string(e.Kind.Kind)
			if diff := cmp.Diff(table(t, one, query), table(t, two, query)); diff != "" {
				t.Errorf("%s\n%s", diff, text)
			}
		})
	}
}

// Nothing of a row is shown where ids are hashed, and nothing is left behind.
func TestExplainHides(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	path := write(t, "calls.csv", "caller,callee,at\nRAWID-1,RAWID-2,2024-01-01\nRAWID-1,RAWID-1,2024-01-01\nRAWID-1,RAWID-2,RAWID-3\n\"RAWID-4\n")
	e := explainOne(t, Options{Files: []string{path}, HashIDs: true, Salt: testSalt(t)})
	j, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(j), "RAWID") || strings.Contains(string(j), testSecret) {
		t.Error(string(j))
	}
	if e.Rejected != 3 || len(e.Stored) != 1 {
		t.Errorf("%+v", e)
	}
	left, err := os.ReadDir(tmp)
	if err != nil || len(left) > 0 {
		t.Errorf("%v is left: %v", left, err)
	}
}

// What cannot be loaded is explained as far as it goes.
func TestExplainProblem(t *testing.T) {
	path := write(t, "x.csv", "x,y,z\n1,2024-01-01,q\n")
	e := explainOne(t, Options{Files: []string{path}, Kind: Calls})
	if !strings.Contains(e.Problem, "no column for caller and callee") || len(e.Columns) != 3 || e.Columns[1].Looks != "times" {
		t.Errorf("%+v", e)
	}
	if _, err := e.MapText("x.map.yaml"); err == nil {
		t.Error("a mapping that is not there is written down")
	}
	if _, err := Explain(t.Context(), Options{Files: []string{path + "x"}}); err == nil {
		t.Error("a file that is not there is explained")
	}
}

// What stands above the header is left out and shown, unless it may have an id
// that is hashed elsewhere; rejected rows keep the lines of the file.
func TestExplainTitle(t *testing.T) {
	path := write(t, "calls.csv", "Bill of 4711\n\ncaller,callee,at\n4711,b,2026-01-05\na\n")
	all, err := Explain(t.Context(), Options{Kind: Calls, Files: []string{path}, Scratch: t.TempDir()})
	if err != nil || all[0].Problem != "" {
		t.Fatal(err, all[0].Problem)
	}
	e := all[0]
	if !slices.Contains(e.Notes, `the first row is a title and was left out: "Bill of 4711"`) || len(e.Rejects) != 1 || e.Rejects[0].Line != 5 || len(e.Stored) != 1 {
		t.Errorf("%+v", e)
	}
	all, err = Explain(t.Context(), Options{Kind: Calls, Files: []string{path}, Scratch: t.TempDir(), HashIDs: true, Salt: testSalt(t)})
	if err != nil || !slices.Contains(all[0].Notes, "the first row is a title and was left out") || strings.Contains(fmt.Sprint(all[0].Notes), "4711") {
		t.Errorf("%+v %v", all[0].Notes, err)
	}
}
