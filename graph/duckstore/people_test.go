package duckstore

import (
	"context"
	"database/sql"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"kith/graph"
)

// know runs statements on schema identity and brings the holders up to date.
func know(t *testing.T, s *Store, statements ...string) {
	t.Helper()
	err := s.Update(t.Context(), func(ctx context.Context, conn *sql.Conn) error {
		for _, text := range statements {
			if _, err := conn.ExecContext(ctx, text); err != nil {
				return err
			}
		}
		return RefreshHolders(ctx, conn)
	})
	if err != nil {
		t.Fatal(err)
	}
}

const annIsBobAndDora = `INSERT INTO identity.records VALUES ('ann', 'ann', NULL), ('bob', 'ann', NULL), ('dora', 'ann', NULL)`

// everything is all that an analysis reads.
type everything struct {
	Source      collected
	Network     *graph.Network
	Departures  []graph.Departure
	Fingerprint string
}

func readAll(t *testing.T, s *Store, w graph.Window) everything {
	t.Helper()
	e := everything{Source: collect(t, s.Source(w))}
	var err error
	if err = s.Sync(t.Context(), s.Source(w), nil); err != nil {
		t.Fatal(err)
	}
	if e.Network, err = s.Read(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	aliases, err := s.Aliases(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	e.Network = e.Network.Merge(aliases)
	if e.Departures, err = s.Departures(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	if e.Fingerprint, err = s.Fingerprint(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	return e
}

var wholeNetworks = cmp.AllowUnexported(graph.Names{})

// Who is merged stands once, with the union of the events by hand, and all is as
// before to the bit when the merge is taken back.
func TestPeopleStandOnce(t *testing.T) {
	s := openExample(t)
	w := graph.Window{}
	before := readAll(t, s, w)
	know(t, s, annIsBobAndDora)
	merged := readAll(t, s, w)
	want := collected{
		Customers: []graph.Customer{{ID: "ann", Attributes: `{"city":"Bonn"}`}, {ID: "cem"}, {ID: "eve"}, {ID: "fay"}, {ID: "gus", Attributes: `{"age":"7"}`}},
		Products:  before.Source.Products,
		Ties: [...][]graph.Tie{
			nil, // all calls were among the three
			{{From: "ann", To: "tea", Weight: 3, Count: 3, Quantity: 4, Amount: 0.25, First: at(2, 10, 0, 0), Last: at(4, 10, 0, 0)}},
			before.Source.Ties[graph.Viewed],
		},
	}
	if diff := cmp.Diff(want, merged.Source, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("the merged network (-want +got):\n%s", diff)
	}
	if got := merged.Network.Customers.Len(); got != 5 {
		t.Errorf("%d customers were read, want 5", got)
	}
	if want := []graph.Departure{{Customer: "hal", At: at(9, 0, 0, 0)}, {Customer: "ann", At: at(20, 0, 0, 0)}, {Customer: "ann", At: at(33, 8, 0, 0)}}; !cmp.Equal(want, merged.Departures) {
		t.Errorf("departures %v", merged.Departures)
	}
	if merged.Fingerprint == before.Fingerprint {
		t.Error("the fingerprint does not tell who is who")
	}
	aliases, err := s.Aliases(t.Context(), w)
	if want := []graph.Alias{{ID: "bob", Customer: "ann", Always: true}, {ID: "dora", Customer: "ann", Always: true}}; err != nil || !cmp.Equal(want, aliases) {
		t.Errorf("aliases %v, %v", aliases, err)
	}
	know(t, s, "DELETE FROM identity.records")
	if diff := cmp.Diff(before, readAll(t, s, w), wholeNetworks, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("after the merge was taken back (-before +after):\n%s", diff)
	}
}

// A number is A's until A's SIM is swapped, then nobody's, then B's; a line that
// two hold stays a vertex of its own for as long as they share it.
func TestNumbersOverTime(t *testing.T) {
	s := openNew(t)
	mustExec(t, s, `INSERT INTO events.customers (id, attributes, import_id) VALUES ('A', '{}', 1), ('B', '{}', 1), ('C', '{}', 1), ('+444', '{}', 1);
		INSERT INTO events.calls (caller, callee, time, kind, seconds, answered, import_id) VALUES
			('+111', 'C', '2026-03-01', 'voice', 1, true, 2),  -- A
			('+111', 'C', '2026-03-10', 'voice', 1, true, 2),  -- nobody's from this day on
			('+111', 'C', '2026-03-20', 'voice', 1, true, 2),  -- B's from this day on
			('+111', 'C', NULL, 'voice', 1, true, 2),          -- whose, nobody knows
			('+222', 'C', '2026-03-15', 'voice', 1, true, 2),  -- A's new number
			('+222', 'C', NULL, 'voice', 1, true, 2),          -- A's, too: it was never anybody else's
			('+333', 'C', '2026-03-01', 'voice', 1, true, 2),  -- A and B share the line
			('+333', 'C', '2026-04-01', 'voice', 1, true, 2),  -- B has moved out
			('+444', 'C', '2026-04-01', 'voice', 1, true, 2)   -- a record of its own`)
	know(t, s, `INSERT INTO identity.numbers VALUES
			('+111', 'A', '-infinity', '2026-03-10'), ('+111', 'B', '2026-03-20', 'infinity'),
			('+222', 'A', '-infinity', 'infinity'),
			('+333', 'A', '-infinity', 'infinity'), ('+333', 'B', '-infinity', '2026-03-31'), ('+444', 'A', '-infinity', 'infinity')`,
		`INSERT INTO identity.spellings VALUES ('+111', '+111'), ('+222', '+222'), ('+333', '+333'), ('+444', '+444')`)
	counts := map[string]int64{}
	for tie, err := range s.Source(graph.Window{}).Ties(t.Context(), graph.Called) {
		if err != nil {
			t.Fatal(err)
		}
		counts[tie.From] = tie.Count
	}
	if diff := cmp.Diff(map[string]int64{"A": 4, "B": 1, "+111": 2, "+333": 1, "+444": 1}, counts); diff != "" {
		t.Errorf("calls by caller (-want +got):\n%s", diff)
	}
	for _, c := range []struct {
		until time.Time
		want  []graph.Alias
	}{
		{at(5, 0, 0, 0), []graph.Alias{{ID: "+111", Customer: "A"}, {ID: "+222", Customer: "A", Always: true}}},
		{at(10, 0, 0, 0), []graph.Alias{{ID: "+111", Customer: "A"}, {ID: "+222", Customer: "A", Always: true}}},
		{at(20, 0, 0, 0), []graph.Alias{{ID: "+222", Customer: "A", Always: true}}},
		{at(15, 0, 0, 0), []graph.Alias{{ID: "+222", Customer: "A", Always: true}}},
		{time.Time{}, []graph.Alias{{ID: "+111", Customer: "B"}, {ID: "+222", Customer: "A", Always: true}, {ID: "+333", Customer: "A"}}},
	} {
		got, err := s.Aliases(t.Context(), graph.Window{To: c.until})
		if err != nil || !cmp.Equal(c.want, got) {
			t.Errorf("aliases until %v: %v, %v; want %v", c.until, got, err, c.want)
		}
	}
	// Were A and B one person, the number would be that person's throughout, but
	// for the days in between.
	know(t, s, `INSERT INTO identity.records VALUES ('A', 'A', NULL), ('B', 'A', NULL)`)
	got, err := s.Aliases(t.Context(), graph.Window{})
	if err != nil || len(got) != 4 || !got[2].Always || got[2].ID != "+333" {
		t.Errorf("aliases of the merged: %v, %v", got, err)
	}
}

// Values that differ survive by rule, and each says where it came from.
func TestAttributesOfPeople(t *testing.T) {
	s := openNew(t)
	mustExec(t, s, `INSERT INTO events.imports (id, loaded_at, kind, file, hash, bytes, mapping, rows, accepted, duplicates, rejected, seconds, notes) VALUES
			(1, '2026-03-01', 'customers', '/in/crm.csv', '', 0, '{}', 0, 0, 0, 0, 0, '[]'), (2, '2026-03-02', 'customers', 'shop.csv.gz', '', 0, '{}', 0, 0, 0, 0, 0, '[]');
		INSERT INTO events.customers (id, attributes, import_id) VALUES
			('c1', '{"city":"Bonn","name":"Ann","vip":true}', 1), ('c2', '{"city":"Bonn ","name":"Ann Lee"}', 2), ('c3', '{"city":"Ulm","name":"A.","zip":"\"x\""}', 2),
			('c4', '{"name":"Dan"}', 1), ('c5', '{}', 1), ('c6', '{}', 1)`)
	know(t, s, `INSERT INTO identity.records VALUES ('c1', 'c1', '2026-01-01'), ('c2', 'c1', '2025-01-01'), ('c3', 'c1', NULL), ('c5', 'c5', NULL), ('c6', 'c5', NULL)`)
	for _, c := range []struct{ name, rules, city, full string }{
		{"by default what most have, then the newest", ``, "Bonn", "Ann"},
		{"the newest by its own time", `('', 'newest', [])`, "Bonn", "Ann"},
		{"the longest", `('name', 'longest', []), ('city', 'longest', [])`, "Bonn ", "Ann Lee"},
		{"of the fullest record", `('', 'complete', [])`, "Bonn", "Ann"},
		{"the most trusted source", `('city', 'trusted', ['nowhere', 'shop']), ('name', 'trusted', ['shop.csv.gz'])`, "Bonn ", "Ann Lee"},
	} {
		know(t, s, "DELETE FROM identity.survival")
		if c.rules != "" {
			know(t, s, "INSERT INTO identity.survival VALUES "+c.rules)
		}
		want := []graph.Customer{
			{ID: "c1", Attributes: `{"city":"` + c.city + `","name":"` + c.full + `","vip":true,"zip":"\"x\""}`},
			{ID: "c4", Attributes: `{"name":"Dan"}`}, {ID: "c5", Attributes: `{}`},
		}
		if diff := cmp.Diff(want, collect(t, s.Source(graph.Window{})).Customers); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
	know(t, s, "DELETE FROM identity.survival")
	var value, record, source string
	err := s.DB().QueryRowContext(t.Context(), `SELECT value, record, source FROM people.attributes WHERE person = 'c1' AND attribute = 'city' AND place = 3`).Scan(&value, &record, &source)
	if err != nil || value != `"Ulm"` || record != "c3" || source != "shop.csv.gz" {
		t.Errorf("the last city is %s of %s from %s, %v", value, record, source, err)
	}
	err = s.DB().QueryRowContext(t.Context(), `SELECT value, record, source FROM people.attributes WHERE person = 'c4'`).Scan(&value, &record, &source)
	if err != nil || value != `"Dan"` || record != "c4" || source != "crm.csv" {
		t.Errorf("who is not merged has %s of %s from %s, %v", value, record, source, err)
	}
}

// What an analyst corrected of a record counts for its person, unless the person
// has a correction of its own.
func TestCorrectionsOfPeople(t *testing.T) {
	s := openExample(t)
	know(t, s, `INSERT INTO identity.records VALUES ('ann', 'ann', NULL), ('fay', 'ann', NULL)`)
	mustExec(t, s, `INSERT INTO graph.corrections VALUES ('CALLED', 'fay', 'bob', 7), ('CALLED', 'fay', 'cem', 5), ('CALLED', 'ann', 'cem', 4), ('CALLED', 'fay', 'ann', 9), ('BOUGHT', 'fay', 'jar', 2)`)
	n := readAll(t, s, graph.Window{}).Network
	ann, _ := n.Customers.Find("ann")
	bob, _ := n.Customers.Find("bob")
	cem, _ := n.Customers.Find("cem")
	if _, there := n.Customers.Find("fay"); there {
		t.Error("the merged record is a customer")
	}
	if diff := cmp.Diff([]uint32{bob, cem}, n.Calls.Neighbours(ann)); diff != "" {
		t.Errorf("neighbours (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]float32{7, 4}, n.Calls.WeightsOf(ann)); diff != "" {
		t.Errorf("weights (-want +got):\n%s", diff)
	}
	if n.Bought.Degree(ann) != 2 {
		t.Errorf("ann has %d products, want tea and jar", n.Bought.Degree(ann))
	}
}

// A session in which two records of one person have logged in is that person's;
// while they count as two people, it is nobody's.
func TestSessionsOfPeople(t *testing.T) {
	s := openNew(t)
	mustExec(t, s, `INSERT INTO events.visits (customer, product, time, seconds, session, import_id) VALUES
		('', 'pot', '2026-03-01', 1, 'web-1', 1), ('c1', 'tea', '2026-03-01', 1, 'web-1', 1), ('c7', 'tea', '2026-03-02', 1, 'web-1', 1), ('', 'cup', '2026-03-03', 1, 'web-2', 1)`)
	viewed := func() map[string]int64 {
		counts := map[string]int64{}
		for tie, err := range s.Source(graph.Window{}).Ties(t.Context(), graph.Viewed) {
			if err != nil {
				t.Fatal(err)
			}
			counts[tie.From+" "+tie.To] = tie.Count
		}
		return counts
	}
	before := map[string]int64{"c1 tea": 1, "c7 tea": 1}
	if diff := cmp.Diff(before, viewed()); diff != "" {
		t.Errorf("as two people (-want +got):\n%s", diff)
	}
	know(t, s, `INSERT INTO identity.records VALUES ('c1', 'c1', NULL), ('c7', 'c1', NULL)`)
	if diff := cmp.Diff(map[string]int64{"c1 pot": 1, "c1 tea": 2}, viewed()); diff != "" {
		t.Errorf("as one person (-want +got):\n%s", diff)
	}
	if c, err := s.Counts(t.Context()); err != nil || c.SharedSessions != 0 || c.Anonymous != 1 {
		t.Errorf("counts %+v, %v", c, err)
	}
	know(t, s, "DELETE FROM identity.records")
	if diff := cmp.Diff(before, viewed()); diff != "" {
		t.Errorf("as two people again (-want +got):\n%s", diff)
	}
}

// Retention is about what happened: whose a number is stays for as long as it is, and
// for as long as events of that time may stay.
func TestHoldersOutliveOldEvents(t *testing.T) {
	s := openNew(t)
	mustExec(t, s, `INSERT INTO events.numbers VALUES
		('+491701', 'ann', '2019-01-01', NULL, 1), ('+491702', 'ann', '2019-01-01', '2026-03-04', 1), ('+491702', 'bob', '2026-03-04', NULL, 1),
		('+491703', 'ann', '2019-01-01', '2026-03-03', 1), ('+491704', 'ann', NULL, '2020-01-01', 1), ('+491705', 'ann', NULL, NULL, 1)`)
	touched, err := s.DropBefore(t.Context(), at(3, 0, 0, 0), false)
	if err != nil || !slices.Contains(touched, Touched{Table: "events.numbers", Removed: 2}) {
		t.Errorf("removed %v, %v", touched, err)
	}
	var left string
	if err := s.DB().QueryRowContext(t.Context(), "SELECT string_agg(number || ' ' || customer, ', ' ORDER BY number, customer) FROM events.numbers").Scan(&left); err != nil {
		t.Fatal(err)
	}
	if want := "+491701 ann, +491702 ann, +491702 bob, +491705 ann"; left != want {
		t.Errorf("left are %s, want %s", left, want)
	}
}
