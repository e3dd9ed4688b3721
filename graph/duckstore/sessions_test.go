package duckstore

import (
	"fmt"
	"slices"
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
		own       int // visits of ann's, those of pages included
	}{
		{"all", graph.Window{}, people("ann", "bob", "cem"), []graph.Tie{view("ann", "cup", 7, 8), view("ann", "tea", 5, 2), bob, cem}, 3},
		{"before she said who she was", graph.Window{To: at(5, 0, 0, 0)}, people("bob", "cem"), []graph.Tie{bob, cem}, 0},
		{"after that", graph.Window{From: at(6, 0, 0, 0)}, people("ann"), []graph.Tie{view("ann", "cup", 7, 8)}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := collect(t, s.Source(c.w))
			if diff := cmp.Diff(c.customers, got.Customers); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.viewed, got.Ties[graph.Viewed]); diff != "" {
				t.Error(diff)
			}
			if err := s.Sync(t.Context(), s.Source(c.w), nil); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.customers, collect(t, s.Stored()).Customers); diff != "" {
				t.Error("stored: " + diff)
			}
			h := &History{Customer: "ann"}
			if err := s.history(t.Context(), h, c.w); err != nil {
				t.Fatal(err)
			}
			if v := h.Visits; c.own == 0 && v != nil || c.own > 0 && (v == nil || v.Visits != int64(c.own) || len(v.Top) != c.own) {
				t.Errorf("her page has the visits %+v, want %d", v, c.own)
			}
		})
	}
	counts, err := s.Counts(t.Context())
	if err != nil || counts.Visits != 7 || counts.Anonymous != 2 || counts.SharedSessions != 1 {
		t.Errorf("%+v, %v", counts, err)
	}
}

// FuzzSessions compares whose the visits of sessions are, as far as a time knows,
// with a plain reading of the rule, in both orders of the rows.
func FuzzSessions(f *testing.F) {
	f.Add([]byte{1, 0, 2, 1, 1, 5, 1, 0, 8}, uint8(9))
	f.Add([]byte{2, 1, 3, 2, 2, 4, 2, 0, 4, 3, 0, 0, 0, 3, 0}, uint8(4))
	f.Add([]byte{1, 0, 0, 1, 1, 0, 1, 2, 7}, uint8(7))
	s := openNew(f)
	f.Fuzz(func(t *testing.T, rows []byte, until uint8) {
		end := int(until%9) + 1
		type visit struct {
			session, customer string
			day               int // 0: no time
		}
		var visits []visit
		owners := map[string]map[string]bool{}
		for ; len(rows) >= 3 && len(visits) < 40; rows = rows[3:] {
			v := visit{day: int(rows[2] % 9)}
			if n := rows[0] % 4; n > 0 {
				v.session = fmt.Sprint("s", n)
			}
			if n := rows[1] % 4; n > 0 {
				v.customer = fmt.Sprint("c", n)
			}
			visits = append(visits, v)
			if v.session != "" && v.customer != "" && v.day < end {
				if owners[v.session] == nil {
					owners[v.session] = map[string]bool{}
				}
				owners[v.session][v.customer] = true
			}
		}
		var want []string
		for i, v := range visits {
			whose := v.customer
			if whose == "" && len(owners[v.session]) == 1 {
				for whose = range owners[v.session] {
				}
			}
			if whose != "" && v.day < end {
				want = append(want, fmt.Sprint(whose, " ", i))
			}
		}
		slices.Sort(want)
		for range 2 {
			mustExec(t, s, "DELETE FROM events.visits")
			for i, v := range visits {
				var at any
				if v.day > 0 {
					at = fmt.Sprintf("2026-03-%02d", v.day)
				}
				mustExec(t, s, "INSERT INTO events.visits (customer, session, product, time, seconds, import_id) VALUES (?, ?, 'p', CAST(? AS TIMESTAMP), ?, 1)", v.customer, v.session, at, i)
			}
			for _, view := range []string{"events", "people"} {
				list, err := s.DB().QueryContext(t.Context(), fmt.Sprintf("SELECT customer || ' ' || seconds FROM %s.known_visits(TIMESTAMP '2026-03-%02d')", view, end))
				if err != nil {
					t.Fatal(err)
				}
				defer list.Close()
				var got []string
				for list.Next() {
					var text string
					if err := list.Scan(&text); err != nil {
						t.Fatal(err)
					}
					got = append(got, text)
				}
				if err := list.Err(); err != nil {
					t.Fatal(err)
				}
				slices.Sort(got)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Fatalf("%s, until day %d, %+v: %s", view, end, visits, diff)
				}
			}
			// In the other order, too: the numbers of the visits turn round.
			slices.Reverse(visits)
			for i := range want {
				var who string
				var n int
				if _, err := fmt.Sscan(want[i], &who, &n); err != nil {
					t.Fatal(err)
				}
				want[i] = fmt.Sprint(who, " ", len(visits)-1-n)
			}
			slices.Sort(want)
		}
	})
}
