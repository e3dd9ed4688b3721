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
	count := func() (n int64, err error) {
		err = conn.QueryRowContext(ctx, "SELECT count(*) FROM staged WHERE problem = 'usage'").Scan(&n)
		return n, err
	}
	if n, err := count(); err != nil || n == 0 {
		return 0, err
	}
	if _, err := run(ctx, conn, "usage.sql", importID); err != nil {
		return 0, err
	}
	return count()
}

// storeUsage is the same for a file, whose receipt says how many.
func (l *loading) storeUsage(ctx context.Context, conn *sql.Conn) error {
	if l.plan.kind != Calls {
		return nil
	}
	n, err := storeUsage(ctx, conn, l.receipt.ID)
	if err != nil {
		return fmt.Errorf("store data sessions: %w", err)
	}
	if n > 0 {
		l.plan.notes = append(l.plan.notes, sentence("data sessions with nobody at the other side, kept as the customer's own use: %d", n))
	}
	return nil
}
