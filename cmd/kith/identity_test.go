package main

import (
	"encoding/csv"
	"fmt"
	"html"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kith/api/analysis"
	"kith/graph"
	"kith/loaders/persons"
)

// csvFile writes rows of a CSV file with a header, and returns its path.
func csvFile(t *testing.T, dir, name string, list [][]string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := csv.NewWriter(f)
	if err := w.WriteAll(list); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// twice is the second record of a customer; after its id in byte order.
func twice(id string) string { return "web" + id }

// plantedHouse loads a simulated house. Where planted, every 15th customer has a
// second record, written by another hand, and every other of its events is that
// record's.
func plantedHouse(t *testing.T, files string, planted bool) (dir string, doubles []string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "data")
	out := t.TempDir()
	double := map[string]bool{}
	people := [][]string{{"id", "given_name", "surname", "date_of_birth", "email", "remark"}}
	draw := rand.New(rand.NewPCG(1, 2))
	syllables := strings.Fields("ba de fi go hu ka le mi no pu ra se ti vo zu ja we xi qo ly")
	name := func(n int) string {
		s := ""
		for range n {
			s += syllables[draw.IntN(20)]
		}
		return s
	}
	for i, row := range rows(t, filepath.Join(files, "customers.csv"), ',', true) {
		given, surname := name(3), name(4)
		born := fmt.Sprintf("%d-%02d-%02d", 1940+draw.IntN(60), 1+draw.IntN(12), 1+draw.IntN(28))
		people = append(people, []string{row[0], given, surname, born, fmt.Sprintf("%s.%s@%d.example", given, surname, i), "note"})
		if planted && i%15 == 0 {
			double[row[0]] = true
			doubles = append(doubles, row[0])
			people = append(people, []string{twice(row[0]), strings.ToUpper(given), surname, born[8:] + "." + born[5:7] + "." + born[:4], fmt.Sprintf("%s.%s@%d.example", given, surname, i), "note"})
		}
	}
	must(t, "load", "--data", dir, "--as", "customers", csvFile(t, out, "people.csv", people))
	for _, kind := range []string{"products", "calls", "purchases", "churn"} {
		columns := map[string][]int{"calls": {0, 1}, "purchases": {0}, "churn": {0}}[kind]
		list := rows(t, filepath.Join(files, kind+".csv"), ',', false)
		for i, row := range list {
			for _, c := range columns {
				if i > 0 && i%2 == 0 && double[row[c]] {
					row[c] = twice(row[c])
				}
			}
		}
		must(t, "load", "--data", dir, "--as", kind, csvFile(t, out, kind+".csv", list))
	}
	must(t, "analyze", "--data", dir)
	return dir, doubles
}

// pageOf is a page as a person reads it, with its tags.
func pageOf(t *testing.T, url string) string {
	t.Helper()
	return html.UnescapeString(body(t, url))
}

// found names what an analysis found: communities, roles, risks, recommendations
// and all else but the files, the attributes and further ids.
func found(t *testing.T, r *analysis.Result) string {
	t.Helper()
	only := *r
	only.Run.Inputs, only.Attributes, only.Aliases, only.AliasOf = nil, nil, nil, nil
	id, err := only.Identity()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// TestEachCustomerOnce plants doubles in a simulated house. Resolved, all that is
// found is what would have been found had nobody been recorded twice; with each
// merge taken back, it is what was found before, to the bit.
func TestEachCustomerOnce(t *testing.T) {
	t.Parallel()
	files := filepath.Join(t.TempDir(), "files")
	must(t, "simulate", "--customers", "300", "--days", "30", "--seed", "5", "--contagion", "on", "--out", files)
	once, _ := plantedHouse(t, files, false)
	dir, doubles := plantedHouse(t, files, true)
	want, before := open(t, once), open(t, dir)
	if n := before.Customers.Len(); n != want.Customers.Len()+len(doubles) {
		t.Fatalf("%d customers before they are resolved, want %d and %d twice", n, want.Customers.Len(), len(doubles))
	}

	report := decoded[persons.Report](t, "identity", "resolve", "--data", dir)
	if report.People != len(doubles) || report.Merged != 2*len(doubles) || report.Customers != want.Customers.Len() {
		t.Fatalf("resolved to %+v; %d customers are there twice", report, len(doubles))
	}
	for _, p := range decoded[[]persons.Person](t, "identity", "list", "--data", dir) {
		if diff := cmp.Diff([]string{p.ID, twice(p.ID)}, p.Records); diff != "" || !slices.Contains(doubles, p.ID) {
			t.Errorf("person %s (-want +got):\n%s", p.ID, diff)
		}
	}
	must(t, "analyze", "--data", dir)
	merged := open(t, dir)
	if found(t, merged) != found(t, want) {
		t.Errorf("resolved, %d customers and %d ties are found; had nobody been recorded twice, %d and %d", merged.Customers.Len(), merged.Calls.Arcs(), want.Customers.Len(), want.Calls.Arcs())
	}
	if found(t, before) == found(t, want) {
		t.Error("doubles made no difference")
	}

	// The API finds the person by either id.
	t.Run("by any id", func(t *testing.T) {
		base := serveForTest(t, dir)
		for _, id := range []string{doubles[0], twice(doubles[0])} {
			for _, what := range []string{"", "/risk", "/recommendations"} {
				if got := get(t, base+"/v1/customers/"+id+what, http.StatusOK); what == "" && got["id"] != doubles[0] {
					t.Errorf("%s is %v", id, got["id"])
				}
			}
		}
		history := get(t, base+"/v1/customers/"+doubles[0], http.StatusOK)["history"].(map[string]any)
		links, _ := history["links"].([]any)
		if len(links) != 1 {
			t.Fatalf("the records are one person's by %v", links)
		}
		link := links[0].(map[string]any)
		if p, _ := link["probability"].(float64); link["a"] != doubles[0] || link["b"] != twice(doubles[0]) || p < .9 {
			t.Errorf("the records are one person's by %v", link)
		}
		page := pageOf(t, base+"/customers/"+url.PathEscape(twice(doubles[0])))
		for _, want := range []string{"One person, 2 records", "Loaded as " + doubles[0] + ", " + twice(doubles[0]), "asked for as", "kith identity split RECORD", "1 other value"} {
			if !strings.Contains(page, want) {
				t.Errorf("the page of a merged customer does not say %q", want)
			}
		}
	})

	// Evidence adds up to the weight, and the weight to the probability.
	e := decoded[persons.Evidence](t, "identity", "explain", "--data", dir, twice(doubles[1]), doubles[1])
	sum := e.Prior - e.Doubled
	for _, f := range e.Fields {
		sum += f.Bits
	}
	if !e.SamePerson || e.Fate != "merged" || len(e.Fields) != 4 || sum-e.Weight > 1e-9 || e.Weight-sum > 1e-9 || e.Probability < .9 {
		t.Errorf("the evidence adds up to %v: %+v", sum, e)
	}
	for _, id := range doubles {
		must(t, "identity", "split", "--data", dir, "--by", "test", "--why", "to see", twice(id))
	}
	must(t, "analyze", "--data", dir)
	if after := open(t, dir); after.Run.ID != before.Run.ID {
		t.Errorf("split again, the result is %s and not %s", after.Run.ID, before.Run.ID)
	}
	// What was decided holds.
	if report := decoded[persons.Report](t, "identity", "resolve", "--data", dir); report.People != 0 {
		t.Errorf("after all was split, resolving finds %+v", report)
	}
}

// TestIdentityOfNothing: whoever asks too early, or for what is not there, is told
// so in a sentence.
func TestIdentityOfNothing(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	out := t.TempDir()
	plain := csvFile(t, out, "plain.csv", [][]string{{"id", "city", "tariff"}, {"a", "Ulm", "x"}, {"b", "Ulm", "y"}})
	calls := csvFile(t, out, "calls.csv", [][]string{{"caller", "callee"}, {"a", "b"}, {"b", "c"}})
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"load", "--data", dir, "--as", "calls", calls}, exitOK, ""},
		{[]string{"identity", "resolve", "--data", dir}, exitNothing, "kith load --as customers"},
		{[]string{"load", "--data", dir, "--as", "customers", plain}, exitOK, ""},
		{[]string{"identity", "resolve", "--data", dir}, exitFailed, "--map surname=ATTRIBUTE"},
		{[]string{"identity", "resolve", "--data", dir, "--map", "surname=town"}, exitFailed, `"town", which no customer has; there are city, tariff`},
		{[]string{"identity", "resolve", "--data", dir, "--map", "shoe=city"}, exitFailed, "none of given, surname"},
		{[]string{"identity", "resolve", "--data", dir, "--map", "surname=tariff", "--survive", "city=best"}, exitFailed, "frequent, newest"},
		{[]string{"identity", "resolve", "--data", dir, "--map", "surname=tariff", "--survive", "city=trusted"}, exitFailed, "order of trust"},
		{[]string{"identity", "explain", "--data", dir, "a", "b"}, exitNothing, "kith identity resolve"},
		{[]string{"identity", "explain", "--data", dir, "a", "a"}, exitFailed, "with itself"},
		{[]string{"identity", "merge", "--data", dir, "a", "nobody"}, exitFailed, `no record "nobody"`},
		{[]string{"identity", "merge", "--data", dir, "a", "a"}, exitUsage, "name the other"},
		{[]string{"identity", "split", "--data", dir, "a"}, exitFailed, "somebody else"},
		{[]string{"identity", "list", "--data", dir}, exitOK, "Nobody has several"},
		{[]string{"identity", "review", "--data", dir}, exitOK, "no pair"},
		{[]string{"identity", "show", "--data", dir, "c"}, exitOK, "No customer"},
		// c is only in events, and can be merged all the same.
		{[]string{"identity", "merge", "--data", dir, "--by", "ann", "--why", "told so", "a", "c"}, exitOK, "1 person has 2 records"},
		{[]string{"identity", "show", "--data", dir, "c"}, exitOK, "plain.csv"},
		{[]string{"identity", "split", "--data", dir, "a", "b"}, exitOK, "1 person"},
		{[]string{"identity", "resolve", "--data", dir, "--map", "surname=tariff"}, exitOK, "3 records are 2 customers"},
		{[]string{"identity", "explain", "--data", dir, "a", "b"}, exitOK, "Decision 2: split"},
	} {
		stdout, errs, code := kith(t, c.args...)
		if code != c.code || !strings.Contains(stdout+errs, c.says) || strings.Count(strings.TrimSpace(errs), "\n") > 0 {
			t.Errorf("%v ended with %d and said %q %q; want %d and %q", c.args, code, stdout, errs, c.code, c.says)
		}
	}
}

// TestNumbersOfPeople is a small house in which calls are recorded by number. Ann
// has two records and changes her SIM on 10 March, and Bob gets her old number
// on the 20th; Cem and Dora share a line.
func TestNumbersOfPeople(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	out := t.TempDir()
	file := func(name string, lines ...string) string {
		var list [][]string
		for _, line := range lines {
			list = append(list, strings.Split(line, ","))
		}
		return csvFile(t, out, name, list)
	}
	customers := file("customers.csv", "id,first_name,surname,birthday,email,phone,city",
		"ann,Annabel,Lee,1970-05-01,annabel@lee.example,,Ulm", "ann2,ANNABEL,Lee,01.05.1970,annabel@lee.example,,Bonn",
		"bob,Robert,Smith,1981-02-03,bob@smith.example,,Ulm", "cem,Cem,Acar,1990-07-08,cem@acar.example,0731 555 000,Kiel", "dora,Dora,Acar,1992-09-10,dora@acar.example,+49731555000,Kiel")
	receipts := decoded[[]struct{ Notes []string }](t, "load", "--data", dir, "--as", "customers", customers)
	if notes := strings.Join(receipts[0].Notes, "\n"); !strings.Contains(notes, "customers share an e-mail") || !strings.Contains(notes, "kith identity resolve") {
		t.Errorf("the load says %q of customers that are alike", notes)
	}
	must(t, "load", "--data", dir, "--as", "calls", file("calls.csv", "caller,callee,at",
		"+491511111111,+491522222222,2026-03-01",  // Ann to Bob
		"+491511111111,+491522222222,2026-03-15",  // nobody
		"00491511111111,+491533333333,2026-03-25", // Bob to Ann, written another way
		"+491533333333,+49731555000,2026-03-26",   // Ann to the line of two
	))
	must(t, "load", "--data", dir, "--as", "numbers", file("numbers.csv", "msisdn,customer,from,to",
		"+49 151 1111 111,ann2,2020-01-01,2026-03-10", "+49 153 3333 333,ann,2026-03-10,", "+49 152 2222 222,bob,,", "+49 151 1111 111,bob,2026-03-20,"))
	out2 := must(t, "identity", "resolve", "--data", dir, "--region", "DE", "--survive", "city=trusted", "--trust", "customers", "--least", ".8")
	if !strings.Contains(out2, "5 records are 4 customers") || !strings.Contains(out2, "4 numbers stand for their holders; 1 number is shared") {
		t.Errorf("resolve says %s", out2)
	}
	ties := func() map[string]int64 {
		h, err := openHouse(t.Context(), dir, storeFlags{})
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		counts := map[string]int64{}
		for tie, err := range h.events.Source(graph.Window{}).Ties(t.Context(), graph.Called) {
			if err != nil {
				t.Fatal(err)
			}
			counts[tie.From+" "+tie.To] = tie.Count
		}
		return counts
	}
	want := map[string]int64{"ann bob": 1, "+491511111111 bob": 1, "bob ann": 1, "ann +49731555000": 1}
	if diff := cmp.Diff(want, ties()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	// A load that resolves goes by the same flags.
	receipts = decoded[[]struct{ Notes []string }](t, "load", "--data", dir, "--resolve", "--as", "customers",
		file("more.csv", "id,first_name,surname,birthday,email,phone,city", "aaa,Annabel,Lee,1970-05-01,annabel@lee.example,,Ulm"))
	if notes := strings.Join(receipts[0].Notes, "\n"); !strings.Contains(notes, "6 records are 4 customers") {
		t.Errorf("a load that resolves says %q", notes)
	}
	// Who joins takes nobody's name, though it comes first in byte order.
	if diff := cmp.Diff([]persons.Person{{ID: "ann", Records: []string{"aaa", "ann", "ann2"}}}, decoded[[]persons.Person](t, "identity", "list", "--data", dir)); diff != "" {
		t.Errorf("people (-want +got):\n%s", diff)
	}
	// A number that was its holder's alone becomes one person's when the two are.
	must(t, "identity", "merge", "--data", dir, "cem", "dora")
	want["ann cem"] = 1
	delete(want, "ann +49731555000")
	if diff := cmp.Diff(want, ties()); diff != "" {
		t.Errorf("calls after the merge (-want +got):\n%s", diff)
	}
}

// TestOutdatedPeople: files that came since it was found out who is who are told
// of where people look, until that is done again.
func TestOutdatedPeople(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	crm := textFile(t, "crm.csv", "id,given_name,surname,email,phone\na,Ann,Lee,ann@lee.example,+447700900001\nb,Bob,Orr,bob@orr.example,+447700900002\n")
	must(t, "load", "--data", dir, "--as", "customers", crm)
	must(t, "load", "--data", dir, "--as", "calls", textFile(t, "calls.csv", "caller,callee,at\n+447700900001,b,2026-01-01\n"))
	said := func(want string) {
		t.Helper()
		if s := decoded[summary](t, "analyze", "--data", dir); !strings.Contains(s.Outdated, want) || want == "" && s.Outdated != "" {
			t.Errorf("analyze says %q", s.Outdated)
		}
		if out := must(t, "doctor", "--data", dir); want != "" && !strings.Contains(out, want) || want == "" && strings.Contains(out, "run kith identity") {
			t.Errorf("doctor says %s", out)
		}
		h, err := openHouse(t.Context(), dir, storeFlags{})
		if err != nil {
			t.Fatal(err)
		}
		base, _, stop := serveLogged(t, h)
		defer stop()
		if page := body(t, base+"/"); want != "" && !strings.Contains(page, want) || want == "" && strings.Contains(page, `class="notice"`) {
			t.Errorf("the first page says %s", page)
		}
	}
	// Nobody asked for it.
	said("")
	must(t, "load", "--data", dir, "--as", "numbers", textFile(t, "numbers.csv", "number,customer,at\n+447700900003,b,2026-01-01\n"))
	said("Telephone numbers were loaded, and count for nobody yet: run kith identity resolve")
	must(t, "identity", "resolve", "--data", dir)
	said("")
	if out := must(t, "doctor", "--data", dir); !strings.Contains(out, "2 records are 2 customers") || !strings.Contains(out, "1 number stands for its holder; found out on 20") {
		t.Errorf("doctor says %s", out)
	}
	// Calls of known ids change nothing about who is who; others may.
	must(t, "load", "--data", dir, "--as", "calls", textFile(t, "more.csv", "caller,callee,at\n+447700900001,b,2026-01-02\n"))
	said("")
	must(t, "load", "--data", dir, "--as", "calls", textFile(t, "new.csv", "caller,callee,at\n+447700900003,b,2026-01-02\n"))
	said("and 1 file with ids that were new and may be telephone numbers came since")
	must(t, "load", "--data", dir, "--as", "customers", textFile(t, "shop.csv", "id,given_name,surname,email,phone\nc,Ann,Lee,ann@lee.example,\n"))
	said("and 1 file of customers, 1 file with ids")
	must(t, "identity", "resolve", "--data", dir)
	said("")
}

// body is what a server answers to a GET.
func body(t *testing.T, url string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d, %v: %s", url, response.StatusCode, err, text)
	}
	return string(text)
}
