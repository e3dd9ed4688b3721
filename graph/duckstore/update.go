package duckstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// ErrFull is what a change returns for which the disk had no room. Nothing of it
// was stored.
var ErrFull = errors.New("the disk is full")

// Update runs change in one transaction on one connection, and no other change
// meanwhile. It commits when change returns nil and rolls back when it returns
// an error or panics; a failed commit leaves the former state as well. change
// must not begin, commit or roll back itself, nor call Update, Sync or Publish.
// Temporary tables that it makes are its to drop.
func (s *Store) Update(ctx context.Context, change func(context.Context, *sql.Conn) error) error {
	return s.update(ctx, change, s.network, s.arrivals)
}

// UpdateEvents is Update for a change to the tables of the schema events alone. It
// goes on while Sync or Publish, which may take minutes, have the other schemas.
func (s *Store) UpdateEvents(ctx context.Context, change func(context.Context, *sql.Conn) error) error {
	return s.update(ctx, change, s.arrivals)
}

// update runs a change once it has all of the tokens.
func (s *Store) update(ctx context.Context, change func(context.Context, *sql.Conn) error, tokens ...chan struct{}) error {
	if s.o.ReadOnly {
		return fmt.Errorf("data folder %s is open for reading only: open it for writing", s.dir)
	}
	release, err := acquire(ctx, tokens...)
	if err != nil {
		return err
	}
	defer release()
	err = s.counted(func() error { return s.explain(ctx, transact(ctx, s.db, change)) })
	if err == nil {
		s.catchUp(tokens)
	}
	return err
}

// acquire waits for tokens, in their order, until ctx ends.
func acquire(ctx context.Context, tokens ...chan struct{}) (release func(), err error) {
	held := 0
	release = func() {
		for _, token := range tokens[:held] {
			<-token
		}
	}
	for _, token := range tokens {
		select {
		case token <- struct{}{}:
			held++
		case <-ctx.Done():
			release()
			return nil, ctx.Err()
		}
	}
	return release, nil
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
