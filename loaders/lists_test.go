package loaders

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A JSON object of lists has a row for each item of each list.
func TestLists(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
		err        string
	}{
		{name: "texts and numbers", text: `{"ann": ["rock", "a \"b\", c", 7], "bea": [], "cem": [null, true, "é"]}` + "\n",
			want: []string{"ann rock", `ann a "b", c`, "ann 7", "cem true", "cem é"}},
		{name: "over lines", text: "{\n \"ann\": [\n  1,\n  1\n ],\n \"bea\": [2]\n}\n", want: []string{"ann 1", "bea 2"}},
		{name: "a key twice", text: `{"ann": [1], "ann": [2]}`, want: []string{"ann 1", "ann 2"}},
		{name: "something behind", text: `{"ann": [1], "bea": [2]} {"x": 1}`, err: "text follows the JSON object"},
		{name: "something else", text: `{"ann": [1], "bea": 2}`, err: "no column for"},
	} {
		t.Run(c.name, func(t *testing.T) {
			st, _ := newStore(t)
			_, err := Load(t.Context(), st, Options{Kind: Purchases, Files: []string{write(t, "likes.json", c.text)}})
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Errorf("%v, want %s", err, c.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, table(t, st, "SELECT customer || ' ' || product FROM events.purchases")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A long file that goes wrong behind its beginning is refused, and nothing of it
// is stored.
func TestListsThatBreakOff(t *testing.T) {
	good := strings.Repeat(`"ann": [1, 2, 3], `, 100_000)
	for text, want := range map[string]string{
		"{" + good:                   "is cut off",
		"{" + good + `"bea": {}}`:    "this is none",
		"{" + good + `"bea": [[1]]}`: "something else than texts",
		"{" + good + `"bea": [1}`:    "not valid JSON",
	} {
		st, _ := newStore(t)
		_, err := Load(t.Context(), st, Options{Kind: Purchases, Files: []string{write(t, "likes.json", text)}})
		if err == nil || !strings.Contains(err.Error(), want) || count(t, st, "SELECT count(*) FROM events.imports") > 0 {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// Rows without an id can be told by their number, whatever is rejected.
func TestRowNumbers(t *testing.T) {
	st, _ := newStore(t)
	r := mustLoad(t, st, Options{Kind: Customers, Files: []string{write(t, "people.csv", "plan\ngold\n\"x\nsilver\n")}, Map: Map{"id": "#"}})
	if r.Mapping["id"] != "#" || r.Accepted != 2 {
		t.Errorf("%+v", r)
	}
	if diff := cmp.Diff([]string{`1 {"plan":"gold"}`, `2 {"plan":"silver"}`}, table(t, st, "SELECT id || ' ' || attributes FROM events.customers ORDER BY id")); diff != "" {
		t.Error(diff)
	}
}
