package duckstore

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/graph"
)

// Data sessions are their customer's, by any id at its time, make somebody a
// customer, and go with the person and with time.
func TestUsage(t *testing.T) {
	s := openNew(t)
	mustExec(t, s, `
		INSERT INTO events.imports (id, loaded_at, kind, file, hash, bytes, mapping, rows, accepted, duplicates, rejected, first_at, last_at, seconds, notes) VALUES
			(1, now()::TIMESTAMP, 'calls', 'a.csv', 'ab', 1, '{}', 2, 2, 0, 0, NULL, NULL, 0, '[]');
		INSERT INTO events.usage VALUES ('ann', '2026-03-01', 120, 2000000, 1), ('0301', '2026-03-02', 60, 500000, 1), ('0301', '2026-03-20', 60, 1, 1),
			('ann', '2026-03-04', 30, NULL, 1), ('bob', NULL, 9, NULL, 1);
		INSERT INTO identity.holders VALUES ('0301', '-infinity', '2026-03-10', 'ann'), ('0301', '2026-03-10', 'infinity', 'bob')`)
	moved := 2.5e6
	day := func(d int) NullTime { return NullTime{time.Date(2026, 3, d, 0, 0, 0, 0, time.UTC)} }
	got, err := s.History(t.Context(), "ann", graph.Window{})
	if err != nil {
		t.Fatal(err)
	}
	want := &CallHistory{Top: []Tie{}, Data: &DataUse{Sessions: 3, Minutes: 3.5, Bytes: &moved, First: day(1), Last: day(4)}}
	if diff := cmp.Diff(want, got.Calls); diff != "" {
		t.Error(diff)
	}
	if slices.Contains(got.Missing, "calls") || len(got.Imports) != 1 || got.Imports[0].Rows != 3 {
		t.Errorf("missing %v, imports %v", got.Missing, got.Imports)
	}
	got, err = s.History(t.Context(), "ann", graph.Window{From: day(3).Time})
	if err != nil || got.Calls == nil || got.Calls.Data.Sessions != 1 || got.Calls.Data.Bytes != nil {
		t.Errorf("in a window: %+v, %v", got.Calls, err)
	}
	var ids []string
	for c, err := range s.Source(graph.Window{From: day(15).Time}).Customers(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, c.ID)
	}
	if slices.Sort(ids); !slices.Equal(ids, []string{"bob"}) {
		t.Errorf("customers of the window are %v", ids)
	}
	if span, err := s.Span(t.Context()); err != nil || !span.From.Equal(day(1).Time) {
		t.Errorf("the span is %v, %v", span, err)
	}
	if n, err := s.Counts(t.Context()); err != nil || n.Usage != 5 || n.Calls != 0 {
		t.Errorf("counted %+v, %v", n, err)
	}

	if touched, err := s.DropBefore(t.Context(), day(2).Time, false); err != nil || !slices.Contains(touched, Touched{Table: "events.usage", Removed: 1}) {
		t.Errorf("trimmed %v, %v", touched, err)
	}
	if _, err := s.Forget(t.Context(), []string{"ann"}, false); err != nil {
		t.Fatal(err)
	}
	if _, err := s.History(t.Context(), "ann", graph.Window{}); !errors.Is(err, ErrNobody) {
		t.Errorf("after forgetting: %v", err)
	}
	var left string
	if err := s.DB().QueryRowContext(t.Context(), "SELECT string_agg(customer || ' ' || seconds, ',' ORDER BY seconds) FROM events.usage").Scan(&left); err != nil || left != "bob 9,0301 60" {
		t.Errorf("left are %q, %v", left, err)
	}
}
