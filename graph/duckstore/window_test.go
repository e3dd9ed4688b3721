package duckstore

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/graph"
)

// The bounds of a window, and what happens at them, right before them, and at no
// known time.
var (
	begins  = at(2, 0, 0, 0)
	ends    = at(5, 0, 0, 0)
	moments = []struct {
		name string
		time time.Time
	}{{"early", begins.Add(-time.Microsecond)}, {"first", begins}, {"last", ends.Add(-time.Microsecond)}, {"late", ends}, {"untimed", time.Time{}}}
)

// openMoments is a store with an event of every kind at each of the moments: one of
// ann's, and one of somebody who did nothing else, with a product of its own.
func openMoments(t testing.TB) *Store {
	t.Helper()
	s := openNew(t)
	var rows []string
	for _, m := range moments {
		when := "CAST(NULL AS TIMESTAMP)"
		if !m.time.IsZero() {
			when = "TIMESTAMP '" + m.time.Format("2006-01-02 15:04:05.999999") + "'"
		}
		rows = append(rows, "('"+m.name+"', "+when+")")
	}
	from := " FROM (VALUES " + strings.Join(rows, ", ") + ") AS m (name, time)"
	mustExec(t, s, `
		INSERT INTO events.imports (id, loaded_at, kind, file, hash, bytes, mapping, rows, accepted, duplicates, rejected, seconds, notes) VALUES (1, now()::TIMESTAMP, 'calls', 'a.csv', 'ab', 1, '{}', 2, 2, 0, 0, 0, '[]');
		INSERT INTO events.products (id, name, category, price, available_from, available_to, import_id) VALUES ('tea', '', 'drinks', NULL, NULL, NULL, 1);
		INSERT INTO events.calls SELECT unnest(['ann', 'called ' || name, 'bob']), unnest(['bob', 'bob', 'answered ' || name]), time, 'voice', 60, true, 1`+from+`;
		INSERT INTO events.usage SELECT unnest(['ann', 'used ' || name]), time, 60, 1, 1`+from+`;
		INSERT INTO events.purchases SELECT unnest(['ann', 'bought ' || name]), unnest(['tea', 'bought ' || name]), time, '', 1, 2, 1`+from+`;
		INSERT INTO events.void_purchases SELECT 'void ' || name, 'void ' || name, time, '17', 1, 2, 1`+from+`;
		INSERT INTO events.order_states SELECT 'void ' || name, 'void ' || name, time, '17', 1, 2, true, 1`+from+`;
		INSERT INTO events.visits (customer, product, time, seconds, import_id) SELECT unnest(['ann', 'viewed ' || name]), unnest(['tea', 'viewed ' || name]), time, 60, 1`+from+`;
		INSERT INTO events.contacts SELECT 'ann', time, name, '', '', true, '', true, 1, 1`+from+`;
		INSERT INTO events.satisfaction SELECT 'ann', time, 'survey', name, 1, 0, 10, '', 1`+from+`;
		INSERT INTO events.churn SELECT 'ann', time, 1`+from+` WHERE time IS NOT NULL`)
	mustExec(t, s, `INSERT INTO events.call_twins SELECT n, n, time, 'voice', 1, true, 1`+from+`, events.ids WHERE id = 'bob' AND time IS NOT NULL`)
	return s
}

// What happens when a window begins is in it, what happens when it ends is not, and
// what has no time is in every one; in all that is made of the events.
func TestWindowsAreHalfOpen(t *testing.T) {
	s := openMoments(t)
	for _, w := range []graph.Window{{}, {From: begins}, {To: ends}, {From: begins, To: ends}, {From: begins.Add(-time.Nanosecond), To: ends.Add(-time.Nanosecond)}} {
		var seen []string
		for _, m := range moments {
			if m.time.IsZero() || !m.time.Before(w.From) && (w.To.IsZero() || m.time.Before(w.To)) {
				seen = append(seen, m.name)
			}
		}
		n, timed := int64(len(seen)), len(seen)-1
		if timed < 2 {
			t.Fatal(seen)
		}

		// What the network is made of, read as a sequence and within the database.
		customers, products := []string{"ann", "bob"}, []string{"tea"}
		for _, name := range seen {
			customers = append(customers, "called "+name, "answered "+name, "used "+name, "bought "+name, "viewed "+name)
			products = append(products, "bought "+name, "viewed "+name)
		}
		slices.Sort(customers)
		slices.Sort(products)
		src := s.Source(w)
		if err := s.Sync(t.Context(), src, nil); err != nil {
			t.Fatal(err)
		}
		for how, src := range map[string]graph.Source{"read": src, "stored": s.Stored()} {
			got := collect(t, src)
			var ids, goods []string
			for _, c := range got.Customers {
				ids = append(ids, c.ID)
			}
			for _, p := range got.Products {
				goods = append(goods, p.ID)
			}
			if diff := cmp.Diff(customers, ids); diff != "" {
				t.Errorf("%v, customers %s (-want +got):\n%s", w, how, diff)
			}
			if diff := cmp.Diff(products, goods); diff != "" {
				t.Errorf("%v, products %s (-want +got):\n%s", w, how, diff)
			}
			for k, ties := range got.Ties {
				at := slices.IndexFunc(ties, func(t graph.Tie) bool { return t.From == "ann" })
				if at < 0 || ties[at].Count != n {
					t.Errorf("%v, %s ties %s: %v", w, graph.Kind(k), how, ties)
				}
			}
		}
		if left, err := s.Departures(t.Context(), w); err != nil || len(left) != timed {
			t.Errorf("%v: departures %v, %v", w, left, err)
		}

		h, err := s.History(t.Context(), "ann", w)
		if err != nil {
			t.Fatal(err)
		}
		p, c, v, o, q := h.Purchases, h.Calls, h.Visits, h.Contacts, h.Satisfaction
		for what, got := range map[string]int64{
			"purchases": p.Lines, "products": p.Products[0].Times, "categories": p.Categories[0].Times, "lines": int64(len(p.Latest)),
			"calls": c.Out.Calls, "partners": c.Top[0].Contacts, "data": c.Data.Sessions, "visits": v.Visits, "seen": v.Top[0].Times,
			"contacts": o.Contacts, "touches": int64(len(o.Latest)), "surveys": q.Surveys, "opinions": int64(len(q.Latest)),
			"departures": int64(len(h.Departures)) + 1, "imports": (h.Imports[0].Rows + 1) / 7,
		} {
			if got != n {
				t.Errorf("%v: %d %s are told, want %d", w, got, what, n)
			}
		}
		last, days := moments[3].time, 0.
		if !w.To.IsZero() {
			last, days = moments[2].time, 1./(24*3600) // in whole seconds
		}
		if *p.RecencyDays != days || !p.Last.Equal(last) {
			t.Errorf("%v: the last purchase was %v days before the end, at %v", w, *p.RecencyDays, p.Last)
		}
	}
}

// Old events of every kind go, up to the very time, and those without a time stay;
// the receipt of it says the same.
func TestDropBefore(t *testing.T) {
	s := openMoments(t)
	mustExec(t, s, `INSERT INTO events.numbers VALUES ('1', 'ann', '2019-01-01', '2026-03-02', 1), ('2', 'ann', '2019-01-01', '2026-03-02 00:00:00.000001', 1)`)
	want := map[string]int64{
		"events.calls": 3, "events.call_twins": 1, "events.usage": 2, "events.purchases": 2, "events.void_purchases": 1, "events.order_states": 1, "events.visits": 2, "events.contacts": 1,
		"events.satisfaction": 1, "events.churn": 1, "events.numbers": 1,
	}
	elsewhere := begins.In(time.FixedZone("", 7200))
	for _, dry := range []bool{true, false} {
		touched, err := s.DropBefore(t.Context(), elsewhere, dry)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]int64{}
		for _, x := range touched {
			got[x.Table] = x.Removed
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("dry %t (-want +got):\n%s", dry, diff)
		}
	}
	var removals string
	if err := s.DB().QueryRowContext(t.Context(), "SELECT string_agg(kind || ' ' || before || ' ' || counts) FROM privacy.removals").Scan(&removals); err != nil {
		t.Fatal(err)
	}
	if say := "trim 2026-03-02 00:00:00 {"; !strings.HasPrefix(removals, say) || !strings.Contains(removals, `"events.purchases":2`) {
		t.Errorf("the receipt says %s", removals)
	}
	again, err := s.DropBefore(t.Context(), begins, true)
	if err != nil || slices.ContainsFunc(again, func(x Touched) bool { return x.Removed > 0 }) {
		t.Errorf("removed again: %v, %v", again, err)
	}
	// What is left is summed as if nothing else had been there.
	if ties := collect(t, s.Source(graph.Window{})).Ties; len(ties[graph.Called]) != 9 || ties[graph.Called][0].Count != 4 {
		t.Error(fmt.Sprint(ties[graph.Called]))
	}
}
