package duckstore

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"sync"
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

// empty is the file of an empty store.
var empty = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "kith-empty-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	s, err := Open(context.Background(), dir, Options{Create: true})
	if err != nil {
		return nil, err
	}
	if err := s.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, fileName))
})

// openNew opens an empty store. It is a copy, as making one takes several times as
// long as opening it.
func openNew(t testing.TB) *Store {
	t.Helper()
	file, err := empty()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, fileName), file, 0o600); err != nil {
		t.Fatal(err)
	}
	return openAt(t, dir, Options{})
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
// mustExec runs a text of SQL, which may write to events.calls.
func mustExec(t testing.TB, s *Store, text string, args ...any) {
	t.Helper()
	err := s.Update(context.Background(), func(ctx context.Context, conn *sql.Conn) error {
		_, err := conn.ExecContext(ctx, numbered(text), args...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func storedTies(t *testing.T, s graph.Store, k graph.Kind) []graph.Tie {
	t.Helper()
	var list []graph.Tie
	err := s.(*Store).whole(t.Context(), func(r *stream) error {
		return r.run(`SELECT * FROM graph.ties WHERE kind = $1`, []any{k.String()}, func(c chunk) error {
			ties(c, func(t graph.Tie) bool {
				list = append(list, t)
				return true
			})
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func storedFindings(t *testing.T, s graph.Store) storetest.Found {
	t.Helper()
	var f storetest.Found
	listed(t, s, `SELECT * FROM result.communities`, func(rows *sql.Rows) error {
		var c graph.CommunityFinding
		err := rows.Scan(&c.ID, &c.Parent, &c.Level, &c.Size, &c.Density, &c.Risk, &c.ExpectedLoss, &c.Leader, &c.Disseminator)
		f.Communities = append(f.Communities, c)
		return err
	})
	listed(t, s, `SELECT * FROM result.customers`, func(rows *sql.Rows) error {
		var c graph.CustomerFinding
		err := rows.Scan(&c.ID, &c.Community, &c.Role, &c.Core, &c.PageRank, &c.Authority, &c.Dissemination, &c.Susceptibility, &c.ChurnRisk, &c.OwnValue,
			&c.Gone, &c.RiskOwn, &c.RiskOther)
		f.Customers = append(f.Customers, c)
		return err
	})
	listed(t, s, `SELECT * FROM result.risk_parts`, func(rows *sql.Rows) error {
		var customer string
		var part graph.RiskPart
		err := rows.Scan(&customer, &part.From, &part.Part)
		at := slices.IndexFunc(f.Customers, func(c graph.CustomerFinding) bool { return c.ID == customer })
		f.Customers[at].RiskParts = append(f.Customers[at].RiskParts, part)
		return err
	})
	listed(t, s, `SELECT * FROM result.memberships`, func(rows *sql.Rows) error {
		var m graph.Membership
		err := rows.Scan(&m.Customer, &m.Community, &m.Degree, &m.Core, &m.Leader)
		f.Memberships = append(f.Memberships, m)
		return err
	})
	listed(t, s, `SELECT * FROM result.preferences`, func(rows *sql.Rows) error {
		var p graph.Preference
		err := rows.Scan(&p.Community, &p.Product, &p.Supporters, &p.Support, &p.Lift, &p.LiftLow)
		f.Preferences = append(f.Preferences, p)
		return err
	})
	return f
}

func listed(t *testing.T, s graph.Store, text string, row func(*sql.Rows) error) {
	t.Helper()
	rows, err := s.(*Store).DB().QueryContext(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows); err != nil {
			t.Fatal(err)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}
