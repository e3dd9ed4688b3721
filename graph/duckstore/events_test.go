package duckstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"kith/graph"
)

// day is midnight of a day of March 2026, with some minutes and seconds.
func at(day, hour, minute, second int) time.Time {
	return time.Date(2026, 3, day, hour, minute, second, 0, time.UTC)
}

const exampleCalls = `INSERT INTO events.calls (caller, callee, time, kind, seconds, answered, import_id) VALUES
	('ann', 'bob', '2026-03-02 10:00:00', 'voice', 60, true, 1),      -- one period with the next two
	('ann', 'bob', '2026-03-02 10:29:59.999999', 'voice', 0, false, 1),
	('ann', 'bob', '2026-03-02 10:15:00', 'message', 0, true, 1),
	('ann', 'bob', '2026-03-02 10:30:00', 'voice', 30, true, 1),      -- the next period
	('ann', 'bob', NULL, 'voice', 5, true, 1),                        -- those without a time are one more
	('ann', 'bob', NULL, 'data', 7, true, 1),
	('bob', 'ann', '1969-12-31 23:59:59', 'voice', 1, true, 1),       -- periods before 1970 are no wider
	('bob', 'ann', '1970-01-01 00:00:00', 'voice', 1, true, 1),
	('cem', 'cem', '2026-03-05 00:00:00', 'voice', 9, true, 1),       -- a call to itself makes a node, no tie
	('dora', 'ann', '2026-03-31 12:00:00', 'message', 0, true, 1)`

const examplePurchases = `INSERT INTO events.purchases (customer, product, time, basket, quantity, amount, import_id) VALUES
	('ann', 'tea', '2026-03-02 10:00:00', '1', 1.5, 0.1, 2),
	('ann', 'tea', '2026-03-03 10:00:00', '2', 2, 0.2, 2),
	('ann', 'tea', '2026-03-04 10:00:00', '2', -0.5, -0.05, 2),
	('ann', 'cup', '2026-03-04 10:00:00', '2', 1, 9.99, 2),           -- bought and returned: no tie
	('ann', 'cup', '2026-03-06 10:00:00', '3', -1, -9.99, 2),
	('eve', 'mug', '2026-03-06 10:00:00', '4', -2, -5, 2),            -- only returned
	('bob', 'tea', NULL, '', 1, 0, 2)`

const exampleVisits = `INSERT INTO events.visits (customer, product, time, seconds, import_id) VALUES
	('ann', 'pot', '2026-03-02 10:00:00', 12, 3), ('ann', 'pot', '2026-03-07 10:00:00', 30, 3), ('fay', 'pot', NULL, 0, 3)`

const exampleNodes = `
	INSERT INTO events.customers (id, attributes, import_id) VALUES
		('ann', '{"city":"Ulm"}', 4), ('ann', '{"city":"Bonn"}', 6), ('ann', '{"city":"Kiel"}', 5), ('gus', '{"age":"7"}', 4);
	INSERT INTO events.products (id, name, category, price, available_from, available_to, import_id) VALUES
		('tea', 'Tea', 'drinks', 2.25, '2026-03-01', NULL, 7), ('tea', 'Green tea', 'drinks', 2.5, '2026-03-01', '2026-04-01', 8), ('jar', 'Jar', '', NULL, NULL, NULL, 7)`

const exampleChurn = `INSERT INTO events.churn (customer, time, import_id) VALUES
	('hal', '2026-03-09 00:00:00', 9), ('bob', '2026-03-20 00:00:00', 9), ('ann', '2026-03-20 00:00:00', 9),
	('ann', '2026-03-20 00:00:00', 10), ('ann', '2026-04-02 08:00:00', 10)`

func openExample(t *testing.T) *Store {
	t.Helper()
	s := openNew(t)
	for _, text := range []string{exampleCalls, examplePurchases, exampleVisits, exampleNodes, exampleChurn} {
		mustExec(t, s, text)
	}
	return s
}

// collected is what a source yields.
type collected struct {
	Customers []graph.Customer
	Products  []graph.Product
	Ties      [len(graph.Kinds)][]graph.Tie
}

func collect(t *testing.T, src graph.Source) collected {
	t.Helper()
	var c collected
	for customer, err := range src.Customers(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		c.Customers = append(c.Customers, customer)
	}
	for product, err := range src.Products(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		c.Products = append(c.Products, product)
	}
	for _, k := range graph.Kinds {
		for tie, err := range src.Ties(t.Context(), k) {
			if err != nil {
				t.Fatal(err)
			}
			c.Ties[k] = append(c.Ties[k], tie)
		}
	}
	return c
}

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

var byEnds = cmpopts.SortSlices(func(a, b graph.Tie) bool {
	return a.From < b.From || a.From == b.From && a.To < b.To
})

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

func TestImports(t *testing.T) {
	s := openNew(t)
	mustExec(t, s, `INSERT INTO events.imports (id, loaded_at, kind, file, hash, bytes, mapping, rows, accepted, duplicates, rejected, first_at, last_at, seconds, notes, repeats, warnings, new_customers, new_products) VALUES
		(2, '2026-04-01 01:00:00', 'customers', 'b.csv', 'bb', 20, '{}', 3, 3, 0, 0, NULL, NULL, 0.5, '[]', '[]', '[]', NULL, NULL),
		(1, '2026-04-01 00:00:00', 'calls', 'a ''b''.csv', 'aa', 10, '{"caller":"src"}', 9, 4, 3, 2, '2026-03-01', '2026-03-02', 1.25, '["two columns were not used"]',
		 '[{"reason":"seen before","count":3}]', '[{"warning":"old","count":2,"line":7}]', 5, 0)`)
	want := []Import{
		{ID: 1, At: at(32, 0, 0, 0), Kind: "calls", File: "a 'b'.csv", Hash: "aa", Bytes: 10, Mapping: json.RawMessage(`{"caller":"src"}`),
			Rows: 9, Accepted: 4, Duplicates: 3, Rejected: 2, First: at(1, 0, 0, 0), Last: at(2, 0, 0, 0), Seconds: 1.25, Notes: []string{"two columns were not used"},
			Repeats: []Repeat{{"seen before", 3}}, Warnings: []Warning{{"old", 2, 7}}, NewCustomers: 5},
		{ID: 2, At: at(32, 1, 0, 0), Kind: "customers", File: "b.csv", Hash: "bb", Bytes: 20, Mapping: json.RawMessage(`{}`),
			Rows: 3, Accepted: 3, Seconds: 0.5, Notes: []string{},
			Repeats: []Repeat{}, Warnings: []Warning{}, NewCustomers: -1, NewProducts: -1},
	}
	got, err := s.Imports(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	one, err := s.Import(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want[1], one); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	_, err = s.Import(t.Context(), 3)
	mustSay(t, err, "read import 3")
	if !errors.Is(err, sql.ErrNoRows) {
		t.Errorf("%q is not sql.ErrNoRows", err)
	}
}

func TestRejects(t *testing.T) {
	s := openNew(t)
	mustExec(t, s, `INSERT INTO events.rejects VALUES
		(1, 7, 'time', 'no date', 'x'), (1, 3, '', 'too many fields', 'a,b,c'), (1, 5, 'callee', 'empty', 'b'), (1, 5, 'caller', 'empty', 'b'), (2, 1, '', 'other', '')`)
	page := func(limit int, after int64) []int64 {
		list, err := s.Rejects(t.Context(), 1, limit, after)
		if err != nil {
			t.Fatal(err)
		}
		lines := []int64{}
		for _, r := range list {
			lines = append(lines, r.Line)
		}
		return lines
	}
	for _, c := range []struct {
		limit int
		after int64
		want  []int64
	}{
		{10, 0, []int64{3, 5, 5, 7}},
		{1, 0, []int64{3}},
		{2, 0, []int64{3, 5, 5}}, // a line is not cut in two
		{1, 3, []int64{5, 5}},
		{10, 5, []int64{7}},
		{10, 7, []int64{}},
		{0, 0, []int64{}},
	} {
		if d := cmp.Diff(c.want, page(c.limit, c.after)); d != "" {
			t.Errorf("%d after %d (-want +got):\n%s", c.limit, c.after, d)
		}
	}
	list, err := s.Rejects(t.Context(), 1, 1, 3)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]Reject{{5, "callee", "empty", "b"}, {5, "caller", "empty", "b"}}, list); d != "" {
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
