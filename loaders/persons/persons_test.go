package persons_test

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kith/graph/duckstore"
	"kith/loaders"
	"kith/loaders/persons"
)

// house is a store with customers from files, each a text of CSV.
func house(t *testing.T, files ...string) *duckstore.Store {
	t.Helper()
	st, err := duckstore.Open(t.Context(), filepath.Join(t.TempDir(), "data"), duckstore.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	for i, text := range files {
		load(t, st, string(rune('a'+i))+".csv", text)
	}
	return st
}

func load(t *testing.T, st *duckstore.Store, name, text string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := loaders.Load(t.Context(), st, loaders.Options{Kind: loaders.Customers, Files: []string{path}}); err != nil {
		t.Fatal(err)
	}
}

func resolve(t *testing.T, st *duckstore.Store, o persons.Options) *persons.Report {
	t.Helper()
	r, err := persons.Resolve(t.Context(), st, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func people(t *testing.T, st *duckstore.Store) []string {
	t.Helper()
	list, err := persons.List(t.Context(), st, "", 100)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, p := range list {
		out = append(out, p.ID+": "+strings.Join(p.Records, " "))
	}
	return out
}

const header = "id,customer_first_name,Nachname,born_day,kontakt,line,balance,updated_at\n"

var records = []string{
	"c1,Annabel,Lee,1970-05-01,annabel@lee.example,+442079460958,5,2026-01-01",
	"c2,ANNABEL,Lee,1970-05-01,Annabel@Lee.example,+442079460958,9,2026-02-01",
	"c3,Robert,Smith,1981-02-03,bob@smith.example,+442079460111,7,2026-01-01",
	"c4,Roberto,Smyth,1981-02-03,bob@smith.example,+442079460222,7,2026-03-01",
	"c5,Zora,Quill,1991-11-30,zora@quill.example,+442079460333,1,2026-01-01",
	"c6,Ines,Vaal,1955-12-24,ines@vaal.example,+442079460444,1,2026-01-01",
}

// What attributes hold is guessed by name and content, and a map puts it right.
func TestGuess(t *testing.T) {
	st := house(t, header+strings.Join(records, "\n"))
	fields := func(r *persons.Report) (out []string) {
		for _, f := range r.Fields {
			out = append(out, f.Holds+" "+strings.Join(f.Attributes, "+")+" "+f.Guessed)
		}
		return append(out, "not "+strings.Join(r.Ignored, "+"))
	}
	want := []string{"surname Nachname by its name", "birth born_day by its content", "given customer_first_name by its name", "email kontakt by its content", "phone line by its content", "not balance"}
	if diff := cmp.Diff(want, fields(resolve(t, st, persons.Options{}))); diff != "" {
		t.Errorf("guessed (-want +got):\n%s", diff)
	}
	said := map[string]string{"code": "balance", "birth": "", "surname": "Nachname"}
	want = []string{"code balance ", "surname Nachname ", "given customer_first_name by its name", "email kontakt by its content", "phone line by its content", "not born_day"}
	for _, o := range []persons.Options{{Map: said}, {}} { // the second time it is remembered
		if diff := cmp.Diff(want, fields(resolve(t, st, o))); diff != "" {
			t.Errorf("by a map (-want +got):\n%s", diff)
		}
	}
	if got := fields(resolve(t, st, persons.Options{Afresh: true})); !slices.Contains(got, "not balance") {
		t.Errorf("afresh: %v", got)
	}
}

// The people do not depend on the order of the rows nor on threads, keep their ids
// when records join them, and decisions outlive resolutions.
func TestPeopleStay(t *testing.T) {
	st := house(t, header+strings.Join(records, "\n"))
	first := resolve(t, st, persons.Options{Threads: 1})
	want := people(t, st)
	if !slices.Contains(want, "c1: c1 c2") {
		t.Fatalf("the people are %v", want)
	}
	turned := slices.Clone(records)
	slices.Reverse(turned)
	other := house(t, header+strings.Join(turned, "\n"))
	second := resolve(t, other, persons.Options{Threads: 3})
	first.Seconds, second.Seconds = 0, 0
	if diff := cmp.Diff(want, people(t, other)) + cmp.Diff(first.Sentence(), second.Sentence()); diff != "" {
		t.Errorf("rows turned round, on more threads (-want +got):\n%s", diff)
	}

	load(t, st, "more.csv", header+"a0,Annabel,Lee,1970-05-01,annabel@lee.example,+442079460958,5,2026-01-05\n")
	resolve(t, st, persons.Options{})
	if got := people(t, st); !slices.Contains(got, "c1: a0 c1 c2") {
		t.Errorf("after a record joined the people are %v", got)
	}
	if _, err := persons.Merge(t.Context(), st, persons.Decision{By: "ann", Records: []string{"c5", "c6"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := persons.Split(t.Context(), st, persons.Decision{By: "ann", Why: "her sister", Records: []string{"c1"}}); err != nil {
		t.Fatal(err)
	}
	decided := people(t, st)
	if !slices.Contains(decided, "c5: c5 c6") || !slices.Contains(decided, "a0: a0 c2") {
		t.Errorf("after decisions the people are %v", decided)
	}
	resolve(t, st, persons.Options{})
	if diff := cmp.Diff(decided, people(t, st)); diff != "" {
		t.Errorf("resolved again (-decided +got):\n%s", diff)
	}
	e, err := persons.Explain(t.Context(), st, "c2", "c1")
	if err != nil || e.SamePerson || len(e.Decisions) != 1 || e.Decisions[0].Why != "her sister" || e.Fate != "cut by an override" {
		t.Errorf("the evidence is %+v, %v", e, err)
	}
	if _, err := persons.Split(t.Context(), st, persons.Decision{By: "ann", Records: []string{"c6"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := persons.Merge(t.Context(), st, persons.Decision{By: "ann", Records: []string{"c1", "c2"}}); err != nil {
		t.Fatal(err)
	}
	if got := people(t, st); !slices.Contains(got, "a0: a0 c1 c2") || slices.Contains(got, "c5: c5 c6") {
		t.Errorf("after all was taken back the people are %v", got)
	}
}

// Pairs that were not linked are weighed by the model that was learned, and add up
// as those that were.
func TestExplainAnyTwo(t *testing.T) {
	st := house(t, header+strings.Join(records, "\n"))
	resolve(t, st, persons.Options{})
	for _, pair := range [][2]string{{"c2", "c1"}, {"c1", "c5"}} {
		e, err := persons.Explain(t.Context(), st, pair[0], pair[1])
		if err != nil {
			t.Fatal(err)
		}
		sum := e.Prior - e.Doubled
		for _, f := range e.Fields {
			sum += f.Bits
		}
		if p := math.Exp2(e.Weight) / (1 + math.Exp2(e.Weight)); math.Abs(sum-e.Weight) > 1e-9 || math.Abs(p-e.Probability) > 1e-9 || len(e.Fields) != 5 {
			t.Errorf("%v: bits add up to %v, not %v, of probability %v", pair, sum, e.Weight, e.Probability)
		}
		if e.Fields[0].A == "" || e.SamePerson != (pair[1] == "c1") {
			t.Errorf("%v: %+v", pair, e)
		}
	}
}

// Evidence shows numbers as they stand in the store, telephone numbers say.
func TestEvidenceKeepsNumbers(t *testing.T) {
	st := house(t, header+strings.ReplaceAll(strings.Join(records, "\n"), "+44", "44"))
	resolve(t, st, persons.Options{Map: map[string]string{"phone": "line"}, Region: "GB"})
	e, err := persons.Explain(t.Context(), st, "c1", "c2")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range e.Fields {
		if f.A == "442079460958" {
			return
		}
	}
	t.Errorf("the number is not in %+v", e.Fields)
}

// The newest of its own time stands for what people change, and every value says
// where it comes from.
func TestAttributesSayWhereTheyComeFrom(t *testing.T) {
	st := house(t, header+records[1]+"\n"+strings.Join(records[2:], "\n"), header+"c1,Annabel,Lee,1970-05-01,annabel@lee.example,+442079460999,5,2026-01-01\n")
	resolve(t, st, persons.Options{})
	list, err := persons.Attributes(t.Context(), st, "c1")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, a := range list {
		if a.Name == "line" {
			lines = append(lines, strings.Join([]string{string(a.Value), a.Record, a.Source, a.Seen.Format("2006-01-02")}, " "))
		}
	}
	want := []string{`"+442079460958" c2 a.csv 2026-02-01`, `"+442079460999" c1 b.csv 2026-01-01`}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

// Without a time of its own a record is as old as its file, which stands where it stood
// when it is taken back and loaded again.
func TestFileLoadedAgainIsNotTheNewest(t *testing.T) {
	plain := strings.TrimSuffix(header, ",updated_at\n") + "\n"
	row := func(i int) string { return records[i][:strings.LastIndex(records[i], ",")] }
	a := plain + row(0) + "\n" + row(2) + "\n" + row(4) + "\n" + row(5) + "\n"
	b := plain + strings.Replace(row(1), "+442079460958", "+442079460999", 1) + "\n" + row(3) + "\n"
	st := house(t, a, b)
	lines := func() (list []string) {
		t.Helper()
		resolve(t, st, persons.Options{})
		all, err := persons.Attributes(t.Context(), st, "c1")
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range all {
			if v.Name == "line" || v.Name == "balance" {
				list = append(list, string(v.Value)+" "+v.Record+" "+v.Source)
			}
		}
		return list
	}
	want := []string{`9 c2 b.csv`, `5 c1 a.csv`, `"+442079460999" c2 b.csv`, `"+442079460958" c1 a.csv`}
	if diff := cmp.Diff(want, lines()); diff != "" {
		t.Fatalf("lines (-want +got):\n%s", diff)
	}
	if _, err := loaders.Undo(t.Context(), st, 1, false); err != nil {
		t.Fatal(err)
	}
	load(t, st, "a.csv", a)
	if diff := cmp.Diff(want, lines()); diff != "" {
		t.Errorf("after a.csv was loaded again (-want +got):\n%s", diff)
	}
}
