package duckstore

import (
	"database/sql"
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

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
