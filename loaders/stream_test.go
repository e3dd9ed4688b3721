package loaders

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kith/graph/duckstore"
)

func mustPost(t testing.TB, s *Stream, key, body string) Posted {
	t.Helper()
	r, _, err := s.Post(t.Context(), Batch{Key: key, Body: []byte(body)})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// newStream is a stream into an empty store.
func newStream(t testing.TB, o StreamOptions) (*Stream, *duckstore.Store) {
	t.Helper()
	st, _ := newStore(t)
	s := NewStream(st, o)
	t.Cleanup(s.Close)
	return s, st
}

func TestPost(t *testing.T) {
	var told []Happened
	now := time.Date(2026, 3, 2, 23, 59, 0, 0, time.UTC)
	s, st := newStream(t, StreamOptions{
		Committed: func(h []Happened) { told = append(told, h...) },
		Now:       func() time.Time { return now },
	})
	r := mustPost(t, s, "a", `{
		"calls": [
			{"caller": "a", "callee": "b", "at": "2026-03-02T09:15:00+01:00", "seconds": 61.4},
			{"caller": "a", "callee": "b", "at": 1772442900000, "kind": "sms"},
			{"caller": "a", "callee": "b", "at": "1772442900", "seconds": -1},
			{"caller": 7, "callee": 7, "at": 1772442900},
			{"caller": "a", "callee": "b"},
			{"caller": "a", "callee": "b", "at": 1772442900, "secnds": 3},
			{"caller": {"id": "a"}, "callee": "b", "at": 1772442900},
			["a", "b"], null
		],
		"purchases": [
			{"customer": "c", "product": "p", "at": 1772442900},
			{"customer": " c ", "product": "p", "at": 1772442900, "quantity": 1, "amount": 0},
			{"customer": "c", "product": "q", "at": 1772442900, "quantity": 2, "price": "1.5", "basket": 12},
			{"customer": "c", "product": "p", "at": 1772442901, "quantity": -1, "amount": 3}
		],
		"visits": [{"customer": "c", "product": "r", "at": "2026-03-02 09:14:10", "seconds": 35}]}`)
	now = now.Add(2 * time.Minute)
	later := mustPost(t, s, "b", `{"visits": [{"customer": "d", "product": "r", "at": "2026-03-02T09:14:10Z"}]}`)
	want := Posted{Rows: 14, Accepted: 7, Duplicates: 1, Rejected: 6, Imports: []int64{1, 2, 3}, Rejects: []PostedReject{
		{"calls", 3, "callee", "caller and callee are the same"},
		{"calls", 4, "at", "time is empty"},
		{"calls", 5, "secnds", "calls have no such field"},
		{"calls", 6, "caller", "caller is neither a text nor a number"},
		{"calls", 7, "", "the row is no JSON object"},
		{"calls", 8, "", "the row is no JSON object"},
	}}
	if d := cmp.Diff(want, r); d != "" {
		t.Error(d)
	}
	if !slices.Equal(later.Imports, []int64{4}) {
		t.Errorf("the next day counts in %v", later.Imports)
	}
	for _, c := range []struct {
		query string
		want  []string
	}{
		{"SELECT caller, callee, time, kind, seconds, answered, import_id FROM " + storedCalls, []string{
			"a b 2026-03-02 08:15:00 voice 61 true 1", "a b 2026-03-02 09:15:00 message 0 true 1", "a b 2026-03-02 09:15:00 voice 0 false 1",
		}},
		{"SELECT customer, product, basket, quantity, amount FROM events.purchases", []string{
			"c p  1.000 0.0000", "c q 12 2.000 3.0000", "c p  -1.000 -3.0000",
		}},
		{"SELECT customer, product, time, seconds FROM events.visits", []string{"c r 2026-03-02 09:14:10 35", "d r 2026-03-02 09:14:10 0"}},
		{"SELECT import_id, line, col, reason, row FROM events.rejects WHERE line > 6", []string{
			`1 7 caller caller is neither a text nor a number {"caller": {"id": "a"}, "callee": "b", "at": 1772442900}`,
			`1 8  the row is no JSON object ["a", "b"]`, "1 9  the row is no JSON object null",
		}},
	} {
		if d := cmp.Diff(c.want, table(t, st, c.query)); d != "" {
			t.Errorf("%s: %s", c.query, d)
		}
	}
	if d := cmp.Diff([]Happened{
		{Kind: Purchases, Customer: "c", Product: "p"}, {Kind: Purchases, Customer: "c", Product: "q"}, {Kind: Purchases, Customer: "c", Product: "p", Returned: true},
		{Kind: Visits, Customer: "c", Product: "r"}, {Kind: Visits, Customer: "d", Product: "r"},
	}, told); d != "" {
		t.Error(d)
	}
	receipts, err := Receipts(t.Context(), st)
	if err != nil {
		t.Fatal(err)
	}
	if r := receipts[0]; r.File != "POST /v1/events 2026-03-02" || r.Rows != 9 || r.Accepted != 3 || r.Rejected != 6 || len(r.Reasons) == 0 ||
		r.First != time.Date(2026, 3, 2, 8, 15, 0, 0, time.UTC) || r.Bytes == 0 {
		t.Errorf("%+v", r)
	}
	if r := receipts[3]; r.File != "POST /v1/events 2026-03-03" || r.Kind != Visits {
		t.Errorf("%+v", r)
	}
}

// A batch that is sent again gets the answer of before, whatever happens between.
func TestPostAgain(t *testing.T) {
	st, dir := newStore(t)
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	o := StreamOptions{Now: func() time.Time { return now }}
	s := NewStream(st, o)
	const body = `{"calls":[{"caller":"a","callee":"b","at":1772442900},{"caller":"a","callee":"b","at":"soon"}]}`
	first := mustPost(t, s, "k", body)
	again := func(s *Stream) {
		t.Helper()
		r, replayed, err := s.Post(t.Context(), Batch{Key: "k", Body: []byte(body)})
		if err != nil || !replayed || cmp.Diff(first, r) != "" {
			t.Errorf("again: %v, replayed %t: %s", err, replayed, cmp.Diff(first, r))
		}
		for _, other := range []Batch{{Key: "k", Body: []byte(body + " ")}, {Key: "k", Lines: true, Body: []byte(`{"call":{}}`)}} {
			if _, _, err := s.Post(t.Context(), other); !errors.Is(err, ErrKeyUsed) {
				t.Errorf("another batch: %v", err)
			}
		}
	}
	again(s)
	s.Close()
	if _, _, err := s.Post(t.Context(), Batch{Key: "l", Body: []byte(body)}); !errors.Is(err, ErrStreamClosed) {
		t.Errorf("after Close: %v", err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	st, err := duckstore.Open(t.Context(), dir, duckstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	s = NewStream(st, o)
	defer s.Close()
	again(s)
	const state = "SELECT (SELECT count(*) FROM events.calls), (SELECT count(*) FROM events.rejects), (SELECT sum(rows) FROM events.imports)"
	if at := table(t, st, state)[0]; at != "1 1 2" {
		t.Errorf("there are %s", at)
	}
	// After a week the key is forgotten; the rows still count once.
	now = now.Add(keepKeys + time.Hour)
	mustPost(t, s, "l", `{"calls":[{"caller":"x","callee":"y","at":1}]}`)
	r, replayed, err := s.Post(t.Context(), Batch{Key: "k", Body: []byte(body)})
	if err != nil || replayed || r.Accepted != 0 || r.Duplicates != 1 || r.Rejected != 1 {
		t.Errorf("a week later: %+v, %t, %v", r, replayed, err)
	}
}

// Many clients at once lose nothing, store nothing twice, and share transactions.
func TestPostTogether(t *testing.T) {
	groups := 0
	s, st := newStream(t, StreamOptions{Committed: func([]Happened) { groups++ }})
	const clients, batches = 16, 8
	var running sync.WaitGroup
	var mu sync.Mutex
	var accepted, replays int
	for c := range clients {
		running.Go(func() {
			for b := range batches {
				// Two clients send the same batch under the same key.
				name := fmt.Sprintf("%d-%d", c/2, b)
				body := fmt.Sprintf(`{"visit":{"customer":"c%s","product":"p","at":%d}}`+"\n"+`{"visit":{"customer":"all","product":"p","at":1}}`, name, 1_772_442_900+b)
				r, replayed, err := s.Post(t.Context(), Batch{Key: name, Lines: true, Body: []byte(body)})
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				if accepted += r.Accepted; replayed {
					replays++
					accepted -= r.Accepted
				}
				mu.Unlock()
			}
		})
	}
	running.Wait()
	const want = clients/2*batches + 1
	if n := count(t, st, "SELECT count(*) FROM events.visits"); n != want || accepted != want || replays != clients/2*batches {
		t.Errorf("%d rows, %d accepted, want %d; %d answers of before", n, accepted, want, replays)
	}
	if n := count(t, st, "SELECT sum(rows) FROM events.imports"); n != clients*batches {
		t.Errorf("the receipts have %d rows", n)
	}
	if groups == clients*batches {
		t.Error("every batch had a transaction of its own")
	}
}

// A client that goes away takes neither its batch nor others with it, and Close
// stores what waits.
func TestPostLeaves(t *testing.T) {
	s, st := newStream(t, StreamOptions{})
	entered, leave, left := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		left <- st.UpdateEvents(context.Background(), func(context.Context, *sql.Conn) error {
			close(entered)
			<-leave
			return nil
		})
	}()
	<-entered
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for i := range 3 {
		p, err := readBatch(Batch{Key: strconv.Itoa(i), Body: fmt.Appendf(nil, `{"visits":[{"customer":"c","product":"p","at":%d}]}`, i)})
		if err == nil {
			err = s.enqueue(t.Context(), p)
		}
		if err != nil {
			t.Error(err)
		} else if _, _, err := p.wait(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("who went away was told %v", err)
		}
	}
	close(leave)
	s.Close()
	if err := <-left; err != nil {
		t.Error(err)
	}
	if n := count(t, st, "SELECT count(*) FROM events.visits"); n != 3 {
		t.Errorf("%d rows", n)
	}
}

func TestBatchesThatCannotBeRead(t *testing.T) {
	for _, c := range []struct {
		body, want string
		lines      bool
	}{
		{body: ``, want: "is no JSON object"},
		{body: `[]`, want: "is no JSON object with the lists calls, purchases and visits: it is a list"},
		{body: `{"calls":[{}]`, want: "it ends too early"},
		{body: `{"calls":[{}],"calls":[{}]}`, want: `has the member "calls" twice: put the rows of both into one`},
		{body: `{"call":{},"call":{}}`, lines: true, want: `line 1 that is no JSON object: the member "call" twice`},
		{body: `null`, want: "is no JSON object"},
		{body: `{"calls":[]} x`, want: "something follows it"},
		{body: `{"calls":[{]}`, want: "is no JSON object"},
		{body: `{}`, want: "has no row"},
		{body: `{"calls":[],"visits":null}`, want: "has no row"},
		{body: `{"calls":{}}`, want: `under "calls" no list`},
		{body: `{"call":[{}]}`, want: `has a member "call": it may have the lists calls, purchases and visits`},
		{body: "\n \n", lines: true, want: "has no row"},
		{body: `{"call":{}}` + "\n" + `{"calls":{}}`, lines: true, want: "line 2 that is none of"},
		{body: `{"call":{},"visit":{}}`, lines: true, want: "line 1 that is none of"},
		{body: `{"call":{}}{"call":{}}`, lines: true, want: "line 1 that is no JSON object"},
		{body: `{"visits":[` + strings.Repeat("1,", maxBatchRows) + `1]}`, want: "more than 10000 rows"},
	} {
		_, err := readBatch(Batch{Key: "k", Lines: c.lines, Body: []byte(c.body)})
		var batch *BatchError
		if !errors.As(err, &batch) || !strings.Contains(err.Error(), c.want) || batch.TooMany != strings.Contains(c.want, "more than") {
			t.Errorf("%.50s: %v, want %s", c.body, err, c.want)
		}
	}
}

// Posted rows are held to the rules of files, to the letter.
func TestPostedRowsAreReadAsFiles(t *testing.T) {
	fewerChecks(t, 25)
	texts := map[string][]string{
		"at":       {"1772442900", "1772442900000", "2026-03-02T09:15:00Z", "2026-03-02 09:15", "", "NULL", "soon", "-4e9", "99999999999999", "2026-02-30"},
		"seconds":  {"", "0", "12", "61.5", "-1", "-3", "1e16", "x", "NaN", "inf", "NA"},
		"kind":     {"voice", "sms", "data", "fax", ""},
		"answered": {"", "yes", "0", "maybe"},
		"quantity": {"1", "2.5", "-1", "0", "", "x", "1e20"},
		"price":    {"", "1.25", "-1", "x", "1e12"},
		"amount":   {"", "12.5", "-3", "x", "1e15", "0.12345"},
		"basket":   {"", "o-1", "o-2"},
	}
	ids := []string{"a", "b", "c", "  d", "ä", "O'Brien", "NULL", "", "nan", "007", "+44"}
	loaded, _ := newStore(t)
	s, st := newStream(t, StreamOptions{})
	batch := 0
	rapid.Check(t, func(r *rapid.T) {
		for _, st := range []*duckstore.Store{loaded, st} {
			if err := st.Update(t.Context(), clear); err != nil {
				r.Fatal(err)
			}
		}
		kind := rapid.SampledFrom(Streamed[:]).Draw(r, "kind")
		fields := kind.eventFields()
		var csv, names []string
		var rows []map[string]string
		columns := Map{}
		for _, f := range fields {
			names = append(names, f.Name)
			columns[f.Name] = f.Name
		}
		csv = append(csv, strings.Join(names, ","))
		// The first row settles how times are written.
		for i := range rapid.IntRange(1, 30).Draw(r, "rows") {
			row := map[string]string{}
			var line []string
			for _, f := range fields {
				from := texts[f.Name]
				if from == nil {
					from = ids
				}
				text := rapid.SampledFrom(from).Draw(r, f.Name)
				if f.Name == "at" && i < 12 {
					text = strconv.Itoa(1_772_442_900 + i%3)
				}
				row[f.Name] = text
				line = append(line, text)
			}
			rows = append(rows, row)
			csv = append(csv, strings.Join(line, ","))
		}
		file := write(t, string(kind)+".csv", strings.Join(csv, "\n")+"\n")
		receipts, err := Load(t.Context(), loaded, Options{Kind: kind, Files: []string{file}, Header: HeaderYes, Map: columns, Decimal: "point"})
		if err != nil && !errors.As(err, new(*AllRejectedError)) {
			r.Fatal(err)
		}
		body, err := json.Marshal(map[Kind]any{kind: rows})
		if err != nil {
			r.Fatal(err)
		}
		batch++
		posted := mustPost(t, s, strconv.Itoa(batch), string(body))
		stored := "events." + string(kind)
		if kind == Calls {
			stored = storedCalls
		}
		for _, query := range []string{
			"SELECT * EXCLUDE import_id FROM " + stored,
			"SELECT col, reason FROM events.rejects ORDER BY line",
		} {
			if d := cmp.Diff(table(t, loaded, query), table(t, st, query)); d != "" {
				r.Errorf("%s (-file +post):\n%s", query, d)
			}
		}
		if len(receipts) > 0 && (int64(posted.Accepted) != receipts[0].Accepted || int64(posted.Duplicates) != receipts[0].Duplicates) {
			r.Errorf("%+v, %+v", posted, receipts[0])
		}
	})
}

// The hash of a receipt is the same in whatever batches and order rows came.
func TestReceiptsOfPostsDoNotDependOnOrder(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	var rows []string
	for i := range 40 {
		rows = append(rows, fmt.Sprintf(`{"customer":"c%d","product":"p","at":%d,"amount":"%d.%s"}`, i%7, 1_772_442_900+i%11, i%2, []string{"5", "50"}[i%3/2]))
	}
	var want string
	for seed := range uint64(3) {
		r := rand.New(rand.NewPCG(seed, 1))
		r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		s, st := newStream(t, StreamOptions{Now: func() time.Time { return now }})
		for i := 0; i < len(rows); {
			n := min(1+r.IntN(20), len(rows)-i)
			mustPost(t, s, strconv.Itoa(i), `{"purchases":[`+strings.Join(rows[i:i+n], ",")+`]}`)
			i += n
		}
		got := table(t, st, "SELECT hash, rows, accepted, duplicates, bytes > 0 FROM events.imports")[0]
		if want == "" {
			want = got
		}
		if got != want || strings.HasPrefix(got, strings.Repeat("0", 40)) {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
