package duckstore

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	duckdbc "github.com/duckdb/duckdb-go-bindings"
	"github.com/duckdb/duckdb-go/v2"
)

// connector makes connections to a database that may be replaced by another
// file while nobody is connected.
type connector struct {
	mu      sync.RWMutex
	waiting atomic.Int64 // who wants to connect and may not yet
	inner   *duckdb.Connector
}

// Connect makes a connection; it waits while the file is being replaced.
func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	c.waiting.Add(1)
	c.mu.RLock()
	defer c.mu.RUnlock()
	c.waiting.Add(-1)
	return c.inner.Connect(ctx)
}

// Driver is DuckDB's.
func (c *connector) Driver() driver.Driver { return c.inner.Driver() }

// Close closes the database.
func (c *connector) Close() error { return c.inner.Close() }

// Rewrite replaces the database file by one that holds the same tables and
// nothing else: DuckDB leaves what was deleted in the file, until it happens to
// need the room. The new file is made beside the old one, so that it takes as
// much room again meanwhile, and takes its place in one step; whoever is killed
// before has the old one.
//
// It waits until no other call is under way, and calls that come while the files
// change places wait for it.
func (s *Store) Rewrite(ctx context.Context) error {
	if s.o.ReadOnly {
		return fmt.Errorf("data folder %s is open for reading only: open it for writing", s.dir)
	}
	release, err := acquire(ctx, s.network, s.arrivals)
	if err != nil {
		return err
	}
	defer release()
	err = s.copyTables(ctx)
	if err == nil {
		err = s.swap(ctx)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write the database of %s anew: %w", s.dir, s.explain(ctx, err)), s.removeNew())
	}
	return nil
}

// copyTables writes all tables to a new file. Nobody writes meanwhile.
func (s *Store) copyTables(ctx context.Context) error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.leave()
	if err := s.removeNew(); err != nil {
		return err
	}
	// So that the log is empty, and the old file all there is to be replaced.
	if err := s.checkpoint(ctx); err != nil {
		return err
	}
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	var name string
	if err := conn.QueryRowContext(ctx, "SELECT current_database()").Scan(&name); err != nil {
		return err
	}
	file := "'" + strings.ReplaceAll(s.path(newName), "'", "''") + "'"
	if _, err := conn.ExecContext(ctx, "ATTACH "+file+" AS kith_new"); err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, "COPY FROM DATABASE "+quoted(name)+" TO kith_new")
	if err == nil {
		_, err = conn.ExecContext(ctx, "CHECKPOINT kith_new")
	}
	_, detached := conn.ExecContext(context.WithoutCancel(ctx), "DETACH kith_new")
	if err = errors.Join(err, detached); err != nil {
		return err
	}
	if _, err := os.Stat(s.path(newName + ".wal")); err == nil {
		return errors.New("it could not be written whole; is the disk full?")
	}
	return nil
}

// swap puts the new file into the place of the old one as soon as nobody uses
// that.
func (s *Store) swap(ctx context.Context) error {
	if err := s.empty(ctx); err != nil {
		return err
	}
	defer s.fill()
	duckdbc.Close(&s.streams)
	err := errors.Join(s.conns.inner.Close(), s.closeFile())
	if _, left := os.Stat(s.path(fileName + ".wal")); err == nil && left == nil {
		// It belongs to the old file and would be taken for the new one's.
		err = errors.New("the log could not be written to the database; is the disk full?")
	}
	if err == nil {
		err = os.Rename(s.path(newName), s.path(fileName))
	}
	if err == nil {
		err = syncFolder(s.dir)
	}
	// In any case there is a database again.
	return errors.Join(err, s.connectAgain())
}

// quiet keeps newcomers out and tells whether all others leave within a moment;
// then it goes on keeping everybody out until admit. Who has not left may be
// waiting for a connection more, so newcomers are let in again before the next try.
func (s *Store) quiet() (bool, error) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return false, errClosed
	}
	s.swapping = true
	s.mu.Unlock()
	s.conns.mu.Lock()
	for until := time.Now().Add(50 * time.Millisecond); time.Now().Before(until); time.Sleep(time.Millisecond) {
		s.mu.Lock()
		running := s.running
		s.mu.Unlock()
		if running == 0 && int64(s.db.Stats().OpenConnections) == s.conns.waiting.Load() {
			return true, nil
		}
	}
	s.admit()
	return false, nil
}

// admit lets everybody in again.
func (s *Store) admit() {
	s.conns.mu.Unlock()
	s.mu.Lock()
	s.swapping = false
	s.free.Broadcast()
	s.mu.Unlock()
}
