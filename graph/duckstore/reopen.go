package duckstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	duckdbc "github.com/duckdb/duckdb-go-bindings"
)

// ErrStopped says that the database takes nothing any more, after a write that
// failed where DuckDB cannot go on, until Reopen.
var ErrStopped = errors.New("the database has stopped")

// Small changes leave this much of the disk free, or a sixteenth of one that is
// smaller than a gigabyte: DuckDB stops altogether when it cannot write a checkpoint.
const reserve = 64 << 20

// Room returns ErrFull when the disk has so little room left that no more than
// what is there already should be kept on it.
func (s *Store) Room() error {
	free, size, known := roomOn(s.dir)
	if keep := min(reserve, size/16); known && free < keep {
		return &explained{
			"the disk of " + s.dir + " is full: nothing of this was stored; free some space and repeat",
			fmt.Errorf("%w: %d bytes are free, and %d are kept for what is stored already", ErrFull, free, keep),
		}
	}
	return nil
}

// Reopen opens the database anew, within the same process and under the same lock,
// after an error that is ErrStopped. It waits until no other call is under way, and
// calls that come meanwhile wait for it. What was acknowledged is there afterwards.
func (s *Store) Reopen(ctx context.Context) error {
	release, err := acquire(ctx, s.network, s.arrivals)
	if err != nil {
		return err
	}
	defer release()
	return s.reopen(ctx)
}

// reopen is Reopen for who has both tokens.
func (s *Store) reopen(ctx context.Context) error {
	if err := s.empty(ctx); err != nil {
		return err
	}
	defer s.fill()
	// A database that has stopped may fail to close as well; what counts is
	// whether it opens again.
	duckdbc.Close(&s.streams)
	_ = s.conns.inner.Close()
	err := errors.Join(s.closeFile(), s.putBack())
	if err == nil {
		err = s.connectAgain()
	}
	if err != nil {
		return fmt.Errorf("open the database of %s again: %w", s.dir, err)
	}
	return nil
}

// empty waits until nobody is connected, and keeps everybody out until fill.
func (s *Store) empty(ctx context.Context) error {
	s.db.SetMaxIdleConns(0)
	for {
		quiet, err := s.quiet()
		if err == nil && quiet {
			return nil
		}
		if err == nil {
			select {
			case <-ctx.Done():
				err = ctx.Err()
			case <-time.After(10 * time.Millisecond):
				continue
			}
		}
		s.db.SetMaxIdleConns(idleConns)
		return err
	}
}

// fill lets everybody in again.
func (s *Store) fill() {
	s.db.SetMaxIdleConns(idleConns)
	s.admit()
}

// idleConns is the default of database/sql.
const idleConns = 2

// connectAgain opens the file under its name, after it was closed.
func (s *Store) connectAgain() error {
	inner, err := s.connector(fileName)
	if err != nil {
		return err
	}
	s.conns.inner = inner
	return s.connectStreams(fileName, s.settings())
}
