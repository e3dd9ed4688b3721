package persons

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"kith/graph"
	"kith/graph/duckstore"
)

// State is what is known of who is who, and what came since.
type State struct {
	// Resolved is when that was found out last; zero if never.
	Resolved time.Time `json:"resolved,omitzero"`
	Report
	// NewCustomers, NewNumbers and NewEvents are how many imports of customers,
	// of numbers, and of events in which ids stand that were new and may be
	// numbers, came since, or ever if it was never found out.
	NewCustomers int `json:"new_customers"`
	NewNumbers   int `json:"new_numbers"`
	NewEvents    int `json:"new_events"`
}

// Know tells what is known of who is who.
func Know(ctx context.Context, st *duckstore.Store) (*State, error) {
	s := &State{}
	err := s.since(ctx, st)
	if err == nil {
		err = st.DB().QueryRowContext(ctx, query("report", nil)).Scan(&s.Records, &s.People, &s.Merged, &s.Reviews, &s.Held, &s.Shared)
	}
	if err != nil {
		return nil, fmt.Errorf("look what is known of who is who: %w", err)
	}
	s.Customers = s.Records - s.Merged + s.People
	return s, nil
}

func (s *State) since(ctx context.Context, st *duckstore.Store) error {
	var at sql.NullInt64
	if err := st.DB().QueryRowContext(ctx, query("since", nil)).Scan(&at, &s.NewCustomers, &s.NewNumbers, &s.NewEvents); err != nil {
		return err
	}
	if at.Valid {
		s.Resolved = time.UnixMicro(at.Int64).UTC()
	}
	return nil
}

// Outdated says in a sentence what came since it was last found out who is who,
// and what to run; it is empty where nothing did. A house that never asked for
// it is reminded only of numbers, which count for nobody until then.
func Outdated(ctx context.Context, st *duckstore.Store) (string, error) {
	var s State
	if err := s.since(ctx, st); err != nil {
		return "", fmt.Errorf("look what came since it was found out who is who: %w", err)
	}
	return s.sentence(), nil
}

func (s *State) sentence() string {
	if s.Resolved.IsZero() {
		if s.NewNumbers == 0 {
			return ""
		}
		return "Telephone numbers were loaded, and count for nobody yet: run kith identity resolve, and kith analyze after it."
	}
	var came []string
	for _, c := range []struct {
		n    int
		what string
	}{{s.NewCustomers, "of customers"}, {s.NewNumbers, "of telephone numbers"}, {s.NewEvents, "with ids that were new and may be telephone numbers"}} {
		if c.n > 0 {
			came = append(came, graph.Counted(c.n, "file")+" "+c.what)
		}
	}
	if len(came) == 0 {
		return ""
	}
	return fmt.Sprintf("Who is who was found out on %s, and %s came since, or went: run kith identity resolve, and kith analyze after it.",
		s.Resolved.Format("2 January 2006, 15:04 UTC"), strings.Join(came, ", "))
}
