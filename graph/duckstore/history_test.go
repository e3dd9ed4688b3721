package duckstore

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/graph"
)

// Everything that is known of somebody, by hand.
func TestHistory(t *testing.T) {
	s := openNew(t)
	mustExec(t, s, `
		INSERT INTO events.imports (id, loaded_at, kind, file, hash, bytes, mapping, rows, accepted, duplicates, rejected, first_at, last_at, seconds, notes) VALUES (1, now()::TIMESTAMP, 'calls', 'a.csv', 'ab', 1, '{}', 2, 2, 0, 0, NULL, NULL, 0, '[]'),
			(2, now()::TIMESTAMP, 'customers', 'crm.csv', 'ac', 1, '{}', 2, 2, 0, 0, NULL, NULL, 0, '[]');
		INSERT INTO events.calls VALUES ('ann', 'bob', '2026-01-01', 'voice', 120, true, 1), ('ann', 'bob', '2026-01-02', 'message', 0, true, 1),
			('bob', 'ann', '2026-01-03', 'voice', 60, true, 1), ('cid', 'ann', '2026-01-04', 'voice', 0, false, 1), ('ann', 'ann', '2026-01-05', 'voice', 9, true, 1);
		INSERT INTO events.purchases VALUES ('ann', 'tea', '2026-01-01', 'b1', 2, 10, 1), ('ann', 'tea', '2026-01-11', 'b2', 1, 5, 1),
			('ann', 'cup', '2026-01-11', 'b2', 1, 7.5, 1), ('ann', 'cup', '2026-01-12', 'b3', -1, -7.5, 1), ('bob', 'tea', '2026-01-21', 'b4', 1, 5, 1);
		INSERT INTO events.products (id, name, category, price, available_from, available_to, import_id) VALUES ('tea', 'Green tea', 'drinks', 5, NULL, NULL, 1);
		INSERT INTO events.visits VALUES ('ann', 'tea', '2026-01-01', 90, 1, '', 's1'), ('', 'cup', '2026-01-01', 30, 1, '', 's1'), ('bob', 'tea', NULL, 1, 1, '', '');
		INSERT INTO events.contacts VALUES ('ann', '2026-01-02', 'spring', 'offer', 'mail', true, 'clicked', NULL, 3.5, 1);
		INSERT INTO events.churn VALUES ('ann', '2026-02-01', 1);
		INSERT INTO events.customers (id, attributes, import_id) VALUES ('ann', '{"city":"Bonn","name":"Ann"}', 2)`)
	at := func(text string) NullTime {
		day, err := time.Parse(time.DateOnly, text)
		if err != nil {
			t.Fatal(err)
		}
		return NullTime{day}
	}
	ten, three, yes := 9.0, 3.0, true
	want := &History{
		Customer: "ann",
		Master: []Attribute{
			{Name: "city", Value: json.RawMessage(`"Bonn"`), Record: "ann", File: "crm.csv", Import: 2},
			{Name: "name", Value: json.RawMessage(`"Ann"`), Record: "ann", File: "crm.csv", Import: 2},
		},
		Purchases: &PurchaseHistory{
			Lines: 3, Returns: 1, Baskets: 3, Amount: 15, First: at("2026-01-01"), Last: at("2026-01-12"), RecencyDays: &ten, PerMonth: &three,
			Products:   []Favour{{"tea", "Green tea", 2, 15}, {"cup", "", 1, 0}},
			Categories: []Favour{{"drinks", "", 2, 15}},
			Latest: []Purchase{
				{at("2026-01-12"), "cup", "", "b3", -1, -7.5, 1}, {at("2026-01-11"), "cup", "", "b2", 1, 7.5, 1},
				{at("2026-01-11"), "tea", "Green tea", "b2", 1, 5, 1}, {at("2026-01-01"), "tea", "Green tea", "b1", 2, 10, 1},
			},
		},
		Calls: &CallHistory{
			Out: CallSide{Calls: 1, Messages: 1, Minutes: 2}, In: CallSide{Calls: 2, Missed: 1, Minutes: 1}, Partners: 2,
			First: at("2026-01-01"), Last: at("2026-01-04"),
			Top: []Tie{{"bob", 3, 3, at("2026-01-03")}, {"cid", 1, 0, at("2026-01-04")}},
		},
		Visits: &VisitHistory{
			Visits: 2, Sessions: 1, Minutes: 2, First: at("2026-01-01"), Last: at("2026-01-01"),
			Top: []Favour{{"cup", "", 1, 0}, {"tea", "Green tea", 1, 0}},
		},
		Contacts: &ContactHistory{
			Contacts: 1, Responded: 1, Revenue: 3.5, Last: at("2026-01-02"),
			Latest: []Contact{{At: at("2026-01-02"), Campaign: "spring", Arm: "offer", Channel: "mail", Outcome: "clicked", Responded: &yes}},
		},
		Departures: []NullTime{at("2026-02-01")},
		Imports:    []SourceImport{{1, "calls", "a.csv", 12}, {2, "customers", "crm.csv", 1}},
		Missing:    []string{"satisfaction"},
	}
	got, err := s.History(t.Context(), "ann", graph.Window{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}

	// A window is half open.
	w := graph.Window{From: at("2026-01-02").Time, To: at("2026-01-11").Time}
	if got, err = s.History(t.Context(), "ann", w); err != nil || got.Purchases != nil || got.Calls.Out.Calls != 0 || got.Calls.In.Calls != 2 || got.Contacts == nil || got.Departures != nil {
		t.Errorf("in the window: %+v, %v", got, err)
	}

	// How long ago the last purchase was is said of the end of the window, also where
	// nobody bought anything for long.
	w = graph.Window{To: at("2026-03-13").Time}
	if got, err = s.History(t.Context(), "ann", w); err != nil || *got.Purchases.RecencyDays != 60 || *got.Purchases.PerMonth != 3./(71./30) {
		t.Errorf("long after: %+v, %v", got.Purchases, err)
	}

	// A second record and a number are the same person.
	mustExec(t, s, `
		INSERT INTO events.customers (id, attributes, import_id) VALUES ('ann-2', '{"name":"Anna"}', 2);
		INSERT INTO events.purchases VALUES ('ann-2', 'tea', '2026-01-20', 'b9', 1, 5, 1);
		INSERT INTO identity.records VALUES ('ann', 'ann', NULL), ('ann-2', 'ann', NULL);
		INSERT INTO identity.holders VALUES ('ann-2', '-infinity', 'infinity', 'ann'), ('0301', '2026-01-01', 'infinity', 'ann')`)
	for _, id := range []string{"ann", "ann-2", "0301"} {
		got, err := s.History(t.Context(), id, graph.Window{})
		if err != nil || got.Customer != "ann" || len(got.Records) != 2 || got.Purchases.Lines != 4 || got.Master[1].Others != 1 {
			t.Errorf("by %s: %+v, %v", id, got, err)
		}
	}
	// A number is whose it is at the end of the window.
	mustExec(t, s, `INSERT INTO identity.holders VALUES ('0302', '-infinity', '2026-01-10', 'ann'), ('0302', '2026-01-10', 'infinity', 'bob')`)
	for day, want := range map[string]string{"2026-01-10": "ann", "2026-01-11": "bob"} {
		if got, err := s.History(t.Context(), "0302", graph.Window{To: at(day).Time}); err != nil || got.Customer != want {
			t.Errorf("by a number until %s: %+v, %v; want %s", day, got, err, want)
		}
	}
	if _, err := s.History(t.Context(), "nobody", graph.Window{}); !errors.Is(err, ErrNobody) {
		t.Errorf("nobody: %v", err)
	}
}
