package duckstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"testing"

	"kith/graph"
	"kith/graph/storetest"
)

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T) graph.Store { return openNew(t) }, storetest.Options{
		Reopen: func(t *testing.T, s graph.Store) graph.Store {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			return openAt(t, s.(*Store).dir, Options{})
		},
		Correct: func(t *testing.T, s graph.Store, k graph.Kind, from, to string, weight float64) {
			mustExec(t, s.(*Store), `INSERT OR REPLACE INTO graph.corrections VALUES (?, ?, ?, ?)`, k.String(), from, to, weight)
		},
		Ties:  storedTies,
		Found: storedFindings,
	})
}

func openNew(t testing.TB) *Store {
	t.Helper()
	return openAt(t, t.TempDir(), Options{Create: true})
}

// openAt opens a store that is closed when the test ends.
func openAt(t testing.TB, dir string, o Options) *Store {
	t.Helper()
	s, err := Open(context.Background(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// mustExec runs statements the way loaders do.
func mustExec(t testing.TB, s *Store, text string, args ...any) {
	t.Helper()
	err := s.Update(context.Background(), func(ctx context.Context, conn *sql.Conn) error {
		_, err := conn.ExecContext(ctx, text, args...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func storedTies(t *testing.T, s graph.Store, k graph.Kind) []graph.Tie {
	return listed(t, s, func(v []driver.Value) graph.Tie { return tie(v) }, `SELECT * FROM graph.ties WHERE kind = $1`, k.String())
}

func storedFindings(t *testing.T, s graph.Store) storetest.Found {
	f := func(v driver.Value) float64 { return v.(float64) }
	return storetest.Found{
		Communities: listed(t, s, func(v []driver.Value) graph.CommunityFinding {
			return graph.CommunityFinding{ID: v[0].(string), Parent: v[1].(string), Level: int(v[2].(int32)), Size: int(v[3].(int32)),
				Density: f(v[4]), Risk: f(v[5]), ExpectedLoss: f(v[6]), Leader: v[7].(string), Disseminator: v[8].(string)}
		}, `SELECT * FROM result.communities`),
		Customers: listed(t, s, func(v []driver.Value) graph.CustomerFinding {
			return graph.CustomerFinding{ID: v[0].(string), Community: v[1].(string), Role: v[2].(string), Core: v[3].(bool),
				PageRank: f(v[4]), Authority: f(v[5]), Dissemination: f(v[6]), Susceptibility: f(v[7]), ChurnRisk: f(v[8]), OwnValue: f(v[9])}
		}, `SELECT * FROM result.customers`),
		Memberships: listed(t, s, func(v []driver.Value) graph.Membership {
			return graph.Membership{Customer: v[0].(string), Community: v[1].(string), Degree: f(v[2]), Core: v[3].(bool), Leader: v[4].(bool)}
		}, `SELECT * FROM result.memberships`),
		Preferences: listed(t, s, func(v []driver.Value) graph.Preference {
			return graph.Preference{Community: v[0].(string), Product: v[1].(string), Supporters: int(v[2].(int32)), Support: f(v[3]), Lift: f(v[4]), LiftLow: f(v[5])}
		}, `SELECT * FROM result.preferences`),
	}
}

func listed[T any](t *testing.T, s graph.Store, row func([]driver.Value) T, text string, args ...any) []T {
	t.Helper()
	var list []T
	err := s.(*Store).whole(t.Context(), func(ctx context.Context, conn *sql.Conn) error {
		return each(ctx, conn, func(v []driver.Value) error {
			list = append(list, row(v))
			return nil
		}, text, args...)
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}
