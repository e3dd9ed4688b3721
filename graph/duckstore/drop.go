package duckstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// DropBefore removes the events of every kind that happened before a time, and
// leaves a receipt of it. Events without a time stay, as do master data and
// receipts, and so does who held a number that was still his then. When dry it only
// counts. What it removed stands in the file until
// Rewrite.
func (s *Store) DropBefore(ctx context.Context, before time.Time, dry bool) (touched []Touched, err error) {
	err = s.Update(ctx, func(ctx context.Context, conn *sql.Conn) error {
		columns, err := textColumns(ctx, conn)
		if err != nil {
			return err
		}
		counts := map[string]int64{}
		for _, group := range byTable(columns) {
			if !group[0].timed {
				continue
			}
			t := Touched{Table: group[0].shown()}
			if t.Removed, err = execRows(ctx, conn, render("drop_before", map[string]any{"Table": group[0].params()["Table"], "Past": past(t.Table)}), before.UTC()); err != nil {
				return fmt.Errorf("%s: %w", t.Table, err)
			}
			touched = append(touched, t)
			counts[t.Table] = t.Removed
		}
		if dry {
			return errDry
		}
		if err := DropUnnamed(ctx, conn); err != nil {
			return err
		}
		return noteRemoval(ctx, conn, "trim", before, counts)
	})
	if err != nil && !errors.Is(err, errDry) {
		return nil, fmt.Errorf("remove old events: %w", err)
	}
	return touched, nil
}

// past is the condition of SQL under which a row of a table is before a time.
func past(table string) string {
	if table == "events.numbers" {
		return "to_at <= ?" // a number that is not said to end is held ever since
	}
	return "time < ?"
}
