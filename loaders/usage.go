package loaders

import (
	"context"
	"database/sql"
	"fmt"
)

// storeUsage stores the data sessions among the staged calls, marks those that
// are there already, and says how many were stored. They have a customer and
// nobody at the other side, so they are no calls.
func storeUsage(ctx context.Context, conn *sql.Conn, importID int) (stored int64, err error) {
	if n, err := countAside(ctx, conn); err != nil || n == 0 {
		return 0, err
	}
	if _, err := run(ctx, conn, "usage.sql", importID); err != nil {
		return 0, err
	}
	return countAside(ctx, conn)
}

// storeAside stores the good rows of a file that are none of its kind, if they are
// of any use, and counts them in a note.
func (l *loading) storeAside(ctx context.Context, conn *sql.Conn) error {
	var n int64
	var err error
	what := "data sessions with nobody at the other side, kept as the customer's own use: %d"
	switch l.plan.kind {
	case Calls:
		n, err = storeUsage(ctx, conn, l.receipt.ID)
	case Churn:
		what = "customers who are still here, and so no departures: %d"
		if !l.stage.Has("left") && !l.stage.Has("active") {
			what = "customers without a date of leaving, who count as still here: %d"
		}
		n, err = countAside(ctx, conn)
	}
	if err != nil {
		return fmt.Errorf("store what stands aside: %w", err)
	}
	if n > 0 {
		l.plan.notes = append(l.plan.notes, sentence(what, n))
	}
	return nil
}

func countAside(ctx context.Context, conn *sql.Conn) (n int64, err error) {
	err = conn.QueryRowContext(ctx, "SELECT count(*) FROM staged WHERE problem = 'aside'").Scan(&n)
	return n, err
}
