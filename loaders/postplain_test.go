package loaders

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// postedBoth are streams into two stores, of which the first takes rows for plain.
type postedBoth struct {
	*ways
	streams [2]*Stream
	posts   int
}

func newPostedBoth(t testing.TB) *postedBoth {
	b := &postedBoth{ways: newWays(t)}
	for i, st := range b.stores {
		b.streams[i] = NewStream(st, StreamOptions{ordinary: i == 1, Now: func() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) }})
		t.Cleanup(b.streams[i].Close)
	}
	return b
}

// post posts rows of each kind to both, and compares the answers.
func (b *postedBoth) post(t testing.TB, rows map[Kind][]string) Posted {
	t.Helper()
	var lists []string
	for _, kind := range Streamed {
		if len(rows[kind]) > 0 {
			lists = append(lists, fmt.Sprintf("%q:[%s]", kind, strings.Join(rows[kind], ",")))
		}
	}
	b.posts++
	var got [2]Posted
	for i, s := range b.streams {
		got[i] = mustPost(t, s, fmt.Sprint(b.posts), "{"+strings.Join(lists, ",")+"}")
	}
	if diff := cmp.Diff(got[1], got[0]); diff != "" {
		t.Fatalf("%v: %s", rows, diff)
	}
	return got[0]
}

// same compares what is in both stores, receipts included.
func (b *postedBoth) same(t testing.TB) {
	t.Helper()
	b.ways.same(t)
	for _, query := range []string{
		"SELECT * FROM events.purchases ORDER BY rowid", "SELECT * FROM events.visits ORDER BY rowid", "SELECT * FROM events.repeated ORDER BY ALL",
		"SELECT id, kind, hash, bytes, rows, accepted, duplicates, rejected, first_at, last_at FROM events.imports ORDER BY id",
	} {
		if diff := cmp.Diff(table(t, b.stores[1], query), table(t, b.stores[0], query)); diff != "" {
			t.Fatalf("%s: %s", query, diff)
		}
	}
}

// taken says whether a row is taken for plain.
func taken(t testing.TB, kind Kind, text string) bool {
	t.Helper()
	row := readRow(kind, 0, []byte(text))
	if row.reason != "" {
		t.Fatalf("%s: %s", text, row.reason)
	}
	g := &group{s: &Stream{}}
	_, ok := g.plainPosts(kind, []placed{{row: &row}})
	return ok
}

// Each value of a field is plain, or not, in a row that is plain else. What is plain is
// stored as the queries that judge all others store it; so is what is just not.
func TestPlainPosts(t *testing.T) {
	base := map[Kind]map[string]any{
		Calls:     {"caller": "a", "callee": "b", "at": 1772442900},
		Purchases: {"customer": "c", "product": "p", "at": 1772442900, "amount": 2},
		Visits:    {"customer": "c", "product": "p", "at": 1772442900},
	}
	times := struct{ plain, odd []any }{
		[]any{0, 1772442901, "1772442902", 1772442903001, 1772442903001002, 7289654399, "2026-03-02", "2026-03-02 09:14", "2026-03-02T09:14:10.5Z", " 2026-03-02T09:14:10.012345 "},
		[]any{-1, 1.5, "1e9", 1e10, 1e10 + 1, "2026-02-30", "2026-03-02T09:14:10+01:00", 7289654400, "1899-12-31", "noon", nil, "", "1772442900000000000"},
	}
	ids := struct{ plain, odd []any }{
		[]any{"x", 17, "+49 151/7 é日😀'", "<b>", "0", "true", "x y"}, []any{"", "NULL", "NA", "nan", "<NA>", "N/A", `\N`, `a"b`, `a\b`, "a\tb", "a\u007fb", "\u0001", "4.17E+11", nil},
	}
	seconds := struct{ plain, odd []any }{[]any{nil, "", 0, 61, 61.4, 61.5, 62.5, "7", 536870911}, []any{-2, 1e9, 2e9, "1e-3", "long", "NaN", "+5", 536870912}}
	for _, c := range []struct {
		kind       Kind
		field      string
		plain, odd []any
	}{
		{Calls, "caller", ids.plain, append(ids.odd, "b")}, {Calls, "callee", ids.plain, append(ids.odd, "a")},
		{Calls, "at", times.plain, times.odd}, {Calls, "seconds", append(seconds.plain, -1), seconds.odd},
		{Calls, "kind", []any{nil, "sms", "voice", "VOICE", "message"}, []any{"", "data", "fax", "gprs"}},
		{Calls, "answered", []any{nil, "", "yes", "no", "ANSWERED", "busy", true, false}, []any{"perhaps", "NULL"}},
		{Calls, "bytes", nil, []any{0, "", 12}},
		{Purchases, "customer", append(ids.plain, "p"), append(ids.odd, "guest")}, {Purchases, "product", ids.plain, ids.odd},
		{Purchases, "at", times.plain, times.odd}, {Purchases, "basket", append([]any{nil, "", "C12", "NULL", "NA"}, ids.plain...), []any{`"`, `\`}},
		{Purchases, "quantity", []any{nil, 1, 2.5, "0.125", -3, 999999999, "-0.001"}, []any{0, "-0", "", 1.0625, "1e3", "1,5", 1000000000, "x", ".5", "1.", "+1", "--1"}},
		{Purchases, "amount", []any{0, 12.5, "-0.0001", 999999999.9999, -7, "-0"}, []any{"", 1.00001, "1e2", 1000000000, "12,50", "x", "$3"}},
		{Purchases, "price", nil, []any{1.5, "", "x", -1}},
		{Visits, "customer", append(ids.plain, "p"), []any{"NA", "guest", "Anonymous", "undefined", "(not set)", `"`, "", nil}}, {Visits, "product", ids.plain, []any{"NULL", "NaN", `\N`, "", nil}},
		{Visits, "session", append([]any{nil, ""}, ids.plain...), []any{"NA", "guest", `\`}}, {Visits, "page", append([]any{nil, ""}, ids.plain...), []any{"NULL", `"`}},
		{Visits, "at", times.plain, times.odd}, {Visits, "seconds", seconds.plain, append(seconds.odd, -1)},
	} {
		b := newPostedBoth(t)
		var rows []string
		for i, values := range [][]any{c.plain, c.odd} {
			for _, v := range values {
				row := map[string]any{}
				for name, value := range base[c.kind] {
					row[name] = value
				}
				if row[c.field] = v; v == nil {
					delete(row, c.field)
				}
				text, err := json.Marshal(row)
				if err != nil {
					t.Fatal(err)
				}
				if plain := taken(t, c.kind, string(text)); plain != (i == 0) {
					t.Errorf("%s %s is plain: %t", c.kind, text, plain)
				}
				if i == 0 {
					rows = append(rows, string(text))
				}
			}
		}
		if len(rows) == 0 {
			continue
		}
		for range 2 { // the second time all are duplicates
			r := b.post(t, map[Kind][]string{c.kind: rows})
			if r.Rejected > 0 {
				t.Errorf("%s %s: %+v", c.kind, c.field, r)
			}
		}
		b.same(t)
	}
}

// Whatever is posted in whatever batches comes to the same, rows that are repeated and that
// the other side has recorded included.
func TestPlainPostsInAnyOrder(t *testing.T) {
	fewerChecks(t, 5)
	b := newPostedBoth(t)
	rapid.Check(t, func(rt *rapid.T) {
		b.empty(t)
		b.load(t, Options{Kind: Calls, Files: []string{write(t, "in.csv", sidesFile(1, []sideRecord{{"a", "x", 1_700_000_010, 0, true}, {"a", "x", 1_700_000_016, 0, true}, {"b", "x", 1_700_000_003, 0, true}}))}})
		pick := func(name string, of ...string) string { return rapid.SampledFrom(of).Draw(rt, name) }
		for range rapid.IntRange(1, 4).Draw(rt, "batches") {
			rows := map[Kind][]string{}
			for range rapid.IntRange(1, 12).Draw(rt, "rows") {
				at := 1_700_000_000 + rapid.IntRange(0, 20).Draw(rt, "at")
				switch pick("kind", "calls", "calls", "purchases", "visits") {
				case "calls":
					rows[Calls] = append(rows[Calls], fmt.Sprintf(`{"caller":%q,"callee":%q,"at":%d,"kind":%q}`, pick("caller", "a", "b", "new"), pick("callee", "x", "x", "y", "other"), at, pick("word", "voice", "voice", "sms")))
				case "purchases":
					rows[Purchases] = append(rows[Purchases], fmt.Sprintf(`{"customer":%q,"product":"p","at":%d,"amount":%s}`, pick("customer", "a", "b"), at/10*10, pick("amount", "1", "1.0", "2", `"x"`)))
				default:
					rows[Visits] = append(rows[Visits], fmt.Sprintf(`{"customer":%q,"page":"p","session":"s","at":%d}`, pick("customer", "", "b", "guest"), at/10*10))
				}
			}
			b.post(t, rows)
		}
		b.same(t)
	})
}
