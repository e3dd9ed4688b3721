package duckstore

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Update runs change in one transaction on one connection, and no other Update
// meanwhile. It commits when change returns nil and rolls back when it returns
// an error or panics; a failed commit leaves the former state as well. change
// must not begin, commit or roll back itself, nor call Update, Sync or Publish.
// Temporary tables that it makes are its to drop.
func (s *Store) Update(ctx context.Context, change func(context.Context, *sql.Conn) error) error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.leave()
	if s.o.ReadOnly {
		return fmt.Errorf("data folder %s is open for reading only: open it for writing", s.dir)
	}
	select {
	case s.writer <- struct{}{}:
		defer func() { <-s.writer }()
	case <-ctx.Done():
		return ctx.Err()
	}
	return s.explain(ctx, transact(ctx, s.db, change))
}

// transact runs f between BEGIN and COMMIT.
func transact(ctx context.Context, db *sql.DB, f func(context.Context, *sql.Conn) error) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "BEGIN TRANSACTION"); err != nil {
		return err
	}
	committed := false
	defer func() {
		if committed {
			return
		}
		// Also on the way of a panic, and when ctx has ended.
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		// What went wrong before is the error that counts; and where COMMIT
		// failed there is no transaction left to roll back.
		_, _ = conn.ExecContext(end, "ROLLBACK")
	}()
	if err := f(ctx, conn); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	// From here on the change is either stored or not: a context that ends
	// now must not leave the caller in doubt.
	if _, err := conn.ExecContext(context.WithoutCancel(ctx), "COMMIT"); err != nil {
		return err
	}
	committed = true
	return nil
}
