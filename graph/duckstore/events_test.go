package duckstore

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/graph"
)

func TestSourceByHand(t *testing.T) {
	s := openExample(t)
	for _, c := range []struct {
		name string
		w    graph.Window
		want collected
	}{
		{"everything", graph.Window{}, collected{
			Customers: []graph.Customer{{ID: "ann", Attributes: `{"city":"Bonn"}`}, {ID: "bob"}, {ID: "cem"}, {ID: "dora"}, {ID: "eve"}, {ID: "fay"}, {ID: "gus", Attributes: `{"age":"7"}`}},
			Products: []graph.Product{{ID: "cup", Price: -1}, {ID: "jar", Name: "Jar", Price: -1}, {ID: "mug", Price: -1}, {ID: "pot", Price: -1},
				{ID: "tea", Name: "Green tea", Category: "drinks", Price: 2.5, AvailableFrom: at(1, 0, 0, 0), AvailableTo: at(32, 0, 0, 0)}},
			Ties: [...][]graph.Tie{
				{
					{From: "ann", To: "bob", Weight: 3, Count: 6, Messages: 1, Seconds: 102, First: at(2, 10, 0, 0), Last: at(2, 10, 30, 0)},
					{From: "bob", To: "ann", Weight: 2, Count: 2, Seconds: 2, First: time.Unix(-1, 0).UTC(), Last: time.Unix(0, 0).UTC()},
					{From: "dora", To: "ann", Weight: 1, Count: 1, Messages: 1, First: at(31, 12, 0, 0), Last: at(31, 12, 0, 0)},
				},
				{
					{From: "ann", To: "tea", Weight: 2, Count: 2, Quantity: 3, Amount: 0.25, First: at(2, 10, 0, 0), Last: at(4, 10, 0, 0)},
					{From: "bob", To: "tea", Weight: 1, Count: 1, Quantity: 1},
				},
				{
					{From: "ann", To: "pot", Weight: 2, Count: 2, Seconds: 42, First: at(2, 10, 0, 0), Last: at(7, 10, 0, 0)},
					{From: "fay", To: "pot", Weight: 1, Count: 1},
				},
			},
		}},
		// The end is not in the window, the beginning is; events without a time are.
		{"some of it", graph.Window{From: at(2, 10, 30, 0), To: at(6, 10, 0, 0)}, collected{
			Customers: []graph.Customer{{ID: "ann", Attributes: `{"city":"Bonn"}`}, {ID: "bob"}, {ID: "cem"}, {ID: "fay"}, {ID: "gus", Attributes: `{"age":"7"}`}},
			Products: []graph.Product{{ID: "cup", Price: -1}, {ID: "jar", Name: "Jar", Price: -1}, {ID: "pot", Price: -1},
				{ID: "tea", Name: "Green tea", Category: "drinks", Price: 2.5, AvailableFrom: at(1, 0, 0, 0), AvailableTo: at(32, 0, 0, 0)}},
			Ties: [...][]graph.Tie{
				{{From: "ann", To: "bob", Weight: 2, Count: 3, Seconds: 42, First: at(2, 10, 30, 0), Last: at(2, 10, 30, 0)}},
				{
					{From: "ann", To: "cup", Weight: 1, Count: 1, Quantity: 1, Amount: 9.99, First: at(4, 10, 0, 0), Last: at(4, 10, 0, 0)},
					{From: "ann", To: "tea", Weight: 1, Count: 1, Quantity: 1.5, Amount: 0.15, First: at(3, 10, 0, 0), Last: at(4, 10, 0, 0)},
					{From: "bob", To: "tea", Weight: 1, Count: 1, Quantity: 1},
				},
				{{From: "fay", To: "pot", Weight: 1, Count: 1}},
			},
		}},
		{"open beginning", graph.Window{To: at(1, 0, 0, 0)}, collected{
			Customers: []graph.Customer{{ID: "ann", Attributes: `{"city":"Bonn"}`}, {ID: "bob"}, {ID: "fay"}, {ID: "gus", Attributes: `{"age":"7"}`}},
			Products: []graph.Product{{ID: "jar", Name: "Jar", Price: -1}, {ID: "pot", Price: -1},
				{ID: "tea", Name: "Green tea", Category: "drinks", Price: 2.5, AvailableFrom: at(1, 0, 0, 0), AvailableTo: at(32, 0, 0, 0)}},
			Ties: [...][]graph.Tie{
				{
					{From: "ann", To: "bob", Weight: 1, Count: 2, Seconds: 12},
					{From: "bob", To: "ann", Weight: 2, Count: 2, Seconds: 2, First: time.Unix(-1, 0).UTC(), Last: time.Unix(0, 0).UTC()},
				},
				{{From: "bob", To: "tea", Weight: 1, Count: 1, Quantity: 1}},
				{{From: "fay", To: "pot", Weight: 1, Count: 1}},
			},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			src := s.Source(c.w)
			if d := cmp.Diff(c.want, collect(t, src)); d != "" {
				t.Errorf("the source differs (-want +got):\n%s", d)
			}
			// Summed within the database or copied from outside, what is
			// stored is the same.
			for _, from := range []graph.Source{src, struct{ graph.Source }{src}} {
				if err := s.Sync(t.Context(), from, nil); err != nil {
					t.Fatal(err)
				}
				for _, k := range graph.Kinds {
					got := storedTies(t, s, k)
					if d := cmp.Diff(c.want.Ties[k], got, byEnds); d != "" {
						t.Errorf("stored from %T, %s ties differ (-want +got):\n%s", from, k, d)
					}
				}
			}
		})
	}
}

// TestStoredCustomers stores the customers of a window in a new network, summed
// within the database and copied from outside: those that the source has, cem
// among them, who called nobody else.
func TestStoredCustomers(t *testing.T) {
	for _, w := range []graph.Window{{}, {From: at(5, 0, 0, 0), To: at(6, 0, 0, 0)}} {
		for _, within := range []bool{true, false} {
			s := openExample(t)
			src := s.Source(w)
			want := collect(t, src).Customers
			if !within {
				src = struct{ graph.Source }{src}
			}
			if err := s.Sync(t.Context(), src, nil); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, collect(t, s.Stored()).Customers); d != "" || !slices.ContainsFunc(want, func(c graph.Customer) bool { return c.ID == "cem" }) {
				t.Errorf("within %t, %v (-want +got):\n%s", within, w, d)
			}
		}
	}
}

// TestSourceStops leaves a sequence early, and has it fail.
func TestSourceStops(t *testing.T) {
	s := openExample(t)
	n := 0
	for _, err := range s.Source(graph.Window{}).Customers(t.Context()) {
		if err != nil {
			t.Error(err)
		}
		n++
		break
	}
	for _, err := range s.Source(graph.Window{}).Ties(t.Context(), graph.Called) {
		if err != nil {
			t.Error(err)
		}
		n++
		break
	}
	if n != 2 {
		t.Errorf("%d sequences yielded", n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	n = 0
	for _, err := range s.Source(graph.Window{}).Ties(ctx, graph.Called) {
		n++
		if !errors.Is(err, context.Canceled) {
			t.Errorf("an ended context gives %v", err)
		}
	}
	if n != 1 {
		t.Errorf("an ended context yields %d times, want once", n)
	}
}

func TestSpan(t *testing.T) {
	s := openNew(t)
	none, err := s.Span(t.Context())
	if err != nil || none != (graph.Window{}) {
		t.Errorf("without events: %v, %v", none, err)
	}
	mustExec(t, s, `INSERT INTO events.visits (customer, product, time, seconds, import_id) VALUES ('a', 'b', NULL, 0, 1)`)
	none, err = s.Span(t.Context())
	if err != nil || none != (graph.Window{}) {
		t.Errorf("without times: %v, %v", none, err)
	}
	mustExec(t, s, `INSERT INTO events.visits (customer, product, time, seconds, import_id) VALUES ('a', 'b', '2026-03-03', 0, 1)`)
	mustExec(t, s, `INSERT INTO events.churn VALUES ('a', '2026-03-09 01:02:03.000004', 1)`)
	mustExec(t, s, `INSERT INTO events.purchases VALUES ('a', 'b', '2026-03-02', '', 1, 1, 1)`)
	w, err := s.Span(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := graph.Window{From: at(2, 0, 0, 0), To: at(9, 1, 2, 3).Add(5 * time.Microsecond)}
	if w != want {
		t.Errorf("the span is %v, want %v", w, want)
	}
	if list, err := s.Departures(t.Context(), w); err != nil || len(list) != 1 {
		t.Errorf("the last event is not in the span: %v, %v", list, err)
	}
	// Events of each kind are seen, were there no others.
	for i, values := range []string{
		"events.calls VALUES ('a', 'b', ?, 'voice', 1, true, 1)", "events.usage VALUES ('a', ?, 1, 1, 1)", "events.purchases VALUES ('a', 'b', ?, '', 1, 1, 1)",
		"events.visits VALUES ('a', 'b', ?, 1, 1, '', '')", "events.churn VALUES ('a', ?, 1)", "events.contacts VALUES ('a', ?, 'c', '', '', NULL, '', NULL, NULL, 1)",
		"events.satisfaction VALUES ('a', ?, 'survey', '', 1, 0, 10, '', 1)",
	} {
		want.From, want.To = at(1, 0, 0, -i), at(10, 0, 0, i).Add(time.Microsecond)
		for _, when := range []time.Time{want.From, at(10, 0, 0, i)} {
			mustExec(t, s, "INSERT INTO "+strings.ReplaceAll(values, "?", "TIMESTAMP '"+when.Format(time.DateTime)+"'"))
		}
		if w, err := s.Span(t.Context()); err != nil || w != want {
			t.Errorf("with %s the span is %v, want %v, %v", values, w, want, err)
		}
	}
}

func TestDepartures(t *testing.T) {
	s := openExample(t)
	for _, c := range []struct {
		name string
		w    graph.Window
		want []graph.Departure
	}{
		{"all", graph.Window{}, []graph.Departure{{Customer: "hal", At: at(9, 0, 0, 0)}, {Customer: "ann", At: at(20, 0, 0, 0)}, {Customer: "bob", At: at(20, 0, 0, 0)}, {Customer: "ann", At: at(33, 8, 0, 0)}}},
		{"half open", graph.Window{From: at(9, 0, 0, 0), To: at(20, 0, 0, 0)}, []graph.Departure{{Customer: "hal", At: at(9, 0, 0, 0)}}},
		{"from on", graph.Window{From: at(20, 0, 0, 1)}, []graph.Departure{{Customer: "ann", At: at(33, 8, 0, 0)}}},
		{"none", graph.Window{To: at(1, 0, 0, 0)}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := s.Departures(t.Context(), c.w)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestCounts(t *testing.T) {
	s := openExample(t)
	mustExec(t, s, `INSERT INTO events.rejects VALUES (1, 2, '', 'too short', 'x')`)
	got, err := s.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := Counts{
		Rejects: 1, Calls: 10, Messages: 2, Missed: 1, SelfCalls: 1, Untimed: 2,
		Purchases: 7, Returns: 3, Visits: 3, Departures: 5, Customers: 2, Products: 2,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestFingerprint(t *testing.T) {
	imports := func(id int, kind, hash string, accepted, duplicates int) func(*Store) {
		return func(s *Store) {
			mustExec(t, s, `INSERT INTO events.imports (id, loaded_at, kind, file, hash, bytes, mapping, rows, accepted, duplicates, rejected, first_at, last_at, seconds, notes) VALUES ($1, now()::TIMESTAMP, $2, 'any name', $3, 10, '{}', $4 + $5, $4, $5, 0, NULL, NULL, 0.1 * $1, '[]')`,
				id, kind, hash, accepted, duplicates)
		}
	}
	rows := func(text string) func(*Store) { return func(s *Store) { mustExec(t, s, text) } }
	all := graph.Window{}
	print := func(w graph.Window, steps ...func(*Store)) string {
		s := openNew(t)
		for _, step := range steps {
			step(s)
		}
		f, err := s.Fingerprint(t.Context(), w)
		if err != nil {
			t.Fatal(err)
		}
		if len(f) != 64 {
			t.Fatalf("the fingerprint %q has not 64 digits", f)
		}
		return f
	}
	base := print(all, imports(1, "calls", "aa", 8, 0), imports(2, "calls", "bb", 2, 3), rows(exampleCalls), rows(exampleNodes))
	for _, c := range []struct {
		name  string
		equal bool
		got   string
	}{
		{"the other order, in which other rows were the duplicates", true,
			print(all, rows(exampleNodes), rows(exampleCalls), imports(1, "calls", "bb", 5, 0), imports(2, "calls", "aa", 5, 3))},
		{"another file", false,
			print(all, imports(1, "calls", "aa", 8, 0), imports(2, "calls", "cc", 2, 3), rows(exampleCalls), rows(exampleNodes))},
		{"a file as something else", false,
			print(all, imports(1, "calls", "aa", 8, 0), imports(2, "visits", "bb", 2, 3), rows(exampleCalls), rows(exampleNodes))},
		{"one more row", false,
			print(all, imports(1, "calls", "aa", 8, 0), imports(2, "calls", "bb", 2, 3), rows(exampleCalls), rows(exampleNodes),
				rows(`INSERT INTO events.calls VALUES ('x', 'y', NULL, 'voice', 1, true, 2)`))},
		{"another newest import", false,
			print(all, imports(1, "calls", "aa", 8, 0), imports(2, "calls", "bb", 2, 3), rows(exampleCalls), rows(exampleNodes),
				rows(`UPDATE events.customers SET import_id = 10 - import_id`))},
		{"another window", false,
			print(graph.Window{From: at(1, 0, 0, 0)}, imports(1, "calls", "aa", 8, 0), imports(2, "calls", "bb", 2, 3), rows(exampleCalls), rows(exampleNodes))},
		{"nothing", false, print(all)},
	} {
		if (c.got == base) != c.equal {
			t.Errorf("%s: equal is %v, want %v", c.name, c.got == base, c.equal)
		}
	}
}

// TestUpdate commits, rolls back, and serialises.
func TestUpdate(t *testing.T) {
	s := openNew(t)
	insert := func(ctx context.Context, conn *sql.Conn) error {
		_, err := conn.ExecContext(ctx, `INSERT INTO events.visits (customer, product, time, seconds, import_id) VALUES ('a', 'b', NULL, 0, 1)`)
		return err
	}
	count := func() (n int64) {
		c, err := s.Counts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return c.Visits
	}
	if err := s.Update(t.Context(), insert); err != nil || count() != 1 {
		t.Fatalf("%v, %d rows", err, count())
	}
	failed := errors.New("no")
	err := s.Update(t.Context(), func(ctx context.Context, conn *sql.Conn) error {
		return errors.Join(insert(ctx, conn), failed)
	})
	if !errors.Is(err, failed) || count() != 1 {
		t.Errorf("an error: %v, %d rows", err, count())
	}
	func() {
		defer func() {
			if r := recover(); r != "oh" {
				t.Errorf("recovered %v", r)
			}
		}()
		_ = s.Update(t.Context(), func(ctx context.Context, conn *sql.Conn) error {
			if err := insert(ctx, conn); err != nil {
				t.Error(err)
			}
			panic("oh")
		})
	}()
	if count() != 1 {
		t.Errorf("a panic left %d rows", count())
	}
	ctx, cancel := context.WithCancel(t.Context())
	err = s.Update(ctx, func(ctx context.Context, conn *sql.Conn) error {
		defer cancel()
		return insert(ctx, conn)
	})
	if !errors.Is(err, context.Canceled) || count() != 1 {
		t.Errorf("an ended context: %v, %d rows", err, count())
	}
	// A second writer waits for the first, but not longer than its context.
	err = s.Update(t.Context(), func(context.Context, *sql.Conn) error {
		waiting, stop := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer stop()
		if err := s.Update(waiting, insert); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the second writer: %v", err)
		}
		return nil
	})
	if err != nil || count() != 1 {
		t.Errorf("%v, %d rows", err, count())
	}
	if err := s.Update(t.Context(), insert); err != nil || count() != 2 {
		t.Errorf("after all that: %v, %d rows", err, count())
	}
}
