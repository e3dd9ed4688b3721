package loaders

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// FuzzBatch reads any text as a batch of events, as one object and as lines: every
// row has a text for each field of its kind or a reason, none is lost, and the same
// batch has the same hash.
func FuzzBatch(f *testing.F) {
	for _, s := range []string{
		`{"purchases": [{"customer": "c", "product": "p", "at": "2026-03-02T09:15:00Z", "amount": 12.5}], "calls": []}`,
		`{"visit": {"session": "s", "product": "p", "at": 1772442900000, "seconds": 1e400}}`, `{"calls": [{"caller": "a", "callee": "b", "at": null, "other": 1}, 7, null, []]}`,
		"{\"call\": {}}\n\n{\"purchase\": {\"customer\": \"\\u0000\"}}\n", `{"calls": {}}`, `{"churn": []}`, `{"calls": [{"caller": "\ud800"}]}`, "null", "{}", "[", "{\"calls\": [{\"caller\": \"\xff\"}]}", `{} {}`,
	} {
		f.Add(s, false)
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, body string, lines bool) {
		b := Batch{Key: body, Lines: lines, Body: []byte(body)}
		p, err := readBatch(b)
		again, e := readBatch(b)
		if (err == nil) != (e == nil) || err == nil && (p.key != again.key || p.hash != again.hash) {
			t.Fatalf("%q is read otherwise the second time: %v, %v", body, err, e)
		}
		if err != nil {
			if fault := (*BatchError)(nil); !errors.As(err, &fault) || strings.ContainsRune(fault.Reason, '\n') {
				t.Errorf("%q: %v", body, err)
			}
			return
		}
		n := 0
		for kind, rows := range p.rows {
			fields := kind.eventFields()
			for _, r := range rows {
				n++
				switch {
				case r.reason != "" && !utf8.ValidString(r.field+r.reason):
					t.Errorf("%q: the reason is no text: %q", body, r.reason)
				case r.reason == "" && len(r.texts) != len(fields):
					t.Errorf("%q: a row of %s has %d texts for %d fields", body, kind, len(r.texts), len(fields))
				case r.reason == "":
					sameApart(t, kind, r)
					for _, text := range r.texts {
						if text != nil && (strings.ContainsRune(*text, 0) || !utf8.ValidString(*text)) {
							t.Errorf("%q: the text %q is none", body, *text)
						}
					}
				}
			}
		}
		if n != p.total || n == 0 {
			t.Errorf("%q has %d rows, and %d are told", body, n, p.total)
		}
	})
}

// sameApart sees that a row says the same when it is taken apart member by member.
func sameApart(t *testing.T, kind Kind, r postedRow) {
	t.Helper()
	apart := postedRow{raw: r.raw}
	if field, reason := apart.takeApart(kind, eventShapes[kind]); reason != "" {
		t.Fatalf("%s: %s %s", r.raw, field, reason)
	}
	apart.complete(eventShapes[kind])
	if diff := cmp.Diff(apart.texts, r.texts); diff != "" {
		t.Errorf("%s: %s", r.raw, diff)
	}
}

// Rows without a backslash and with known fields are read at once, whatever is between
// their parts; all others are taken apart.
func TestSimpleRows(t *testing.T) {
	for text, simple := range map[string]bool{
		`{"customer":"c","product":"p","at":17}`:                              true,
		" {\t\"customer\" : \"c,}:\" ,\r\n\"seconds\":-1.5e3, \"at\":\"\" } ": true,
		`{"at":null,"customer":true,"product":false}`:                         true,
		`{"at":1,"seconds":" 2 ","customer":"é"}`:                             true,
		`{}`:                        false,
		`{"customer":"a\"b"}`:       false,
		`{"customer":"a\\","at":1}`: false,
		`{"custom\u0065r":"c"}`:     false,
		`{"customer":"c\u00e9"}`:    false,
	} {
		r := readRow(Visits, 0, []byte(text))
		if r.reason != "" {
			t.Errorf("%s: %s %s", text, r.field, r.reason)
		}
		if got := (&postedRow{raw: []byte(text)}).simple(eventShapes[Visits]); got != simple {
			t.Errorf("%s is simple: %t", text, got)
		}
		sameApart(t, Visits, r)
	}
	for _, text := range []string{`null`, `[]`, `17`, `"x"`, `{"customer":{"id":"c"}}`, `{"customer":["c"]}`, `{"custom":"c"}`, `{"customer":"\u0000"}`, `{"at":1,"at":" 2 ","customer":"é"}`} {
		if r := readRow(Visits, 0, []byte(text)); r.reason == "" {
			t.Errorf("%s was taken", text)
		}
	}
}

// A key that stands twice would be one value lost: it costs its row, however it is
// written.
func TestKeysThatStandTwice(t *testing.T) {
	p, err := readBatch(Batch{Key: "k", Body: []byte(`{"visits": [
		{"session": "s", "session": "t", "product": "p", "at": 1772442900},
		{"session": "s", "s\u0065ssion": "t", "product": "p", "at": 1772442900},
		{"session": null, "session": "t", "product": "p", "at": 1772442900},
		{"session": "s", "product": "p", "at": 1772442900}]}`)})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range p.rows[Visits] {
		got = append(got, row.reason)
	}
	if want := []string{faultTwice, faultTwice, faultTwice, ""}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
