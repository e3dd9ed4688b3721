package duckstore

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"kith/graph"
)

// TestSessions ties anonymous visits to the customer of their session, earlier
// and later ones, but not by what a window has not seen yet.
func TestSessions(t *testing.T) {
	s := openNew(t)
	mustExec(t, s, `INSERT INTO events.visits (customer, session, page, product, time, seconds, import_id) VALUES
		('',    's1', '/tea', 'tea', '2026-03-02', 5, 1),
		('ann', 's1', '/me',  '',    '2026-03-05', 1, 1),
		('',    's1', '/cup', 'cup', '2026-03-08', 7, 1),
		('',    's2', '/cup', 'cup', '2026-03-03', 1, 1), -- nobody ever says who that was
		('bob', 's3', '',     'pot', '2026-03-03', 1, 1), -- a session of two people is nobody's
		('cem', 's3', '',     'pot', '2026-03-04', 1, 1),
		('',    's3', '',     'jar', '2026-03-04', 1, 1)`)
	view := func(who, what string, seconds int64, day int) graph.Tie {
		return graph.Tie{From: who, To: what, Weight: 1, Count: 1, Seconds: seconds, First: at(day, 0, 0, 0), Last: at(day, 0, 0, 0)}
	}
	bob, cem := view("bob", "pot", 1, 3), view("cem", "pot", 1, 4)
	people := func(ids ...string) (list []graph.Customer) {
		for _, id := range ids {
			list = append(list, graph.Customer{ID: id})
		}
		return list
	}
	for _, c := range []struct {
		name      string
		w         graph.Window
		customers []graph.Customer
		viewed    []graph.Tie
	}{
		{"all", graph.Window{}, people("ann", "bob", "cem"), []graph.Tie{view("ann", "cup", 7, 8), view("ann", "tea", 5, 2), bob, cem}},
		{"before she said who she was", graph.Window{To: at(5, 0, 0, 0)}, people("bob", "cem"), []graph.Tie{bob, cem}},
		{"after that", graph.Window{From: at(6, 0, 0, 0)}, people("ann"), []graph.Tie{view("ann", "cup", 7, 8)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := collect(t, s.Source(c.w))
			if diff := cmp.Diff(c.customers, got.Customers); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.viewed, got.Ties[graph.Viewed]); diff != "" {
				t.Error(diff)
			}
		})
	}
	counts, err := s.Counts(t.Context())
	if err != nil || counts.Visits != 7 || counts.Anonymous != 2 || counts.SharedSessions != 1 {
		t.Errorf("%+v, %v", counts, err)
	}
}
