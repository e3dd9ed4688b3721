package duckstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	duckdbc "github.com/duckdb/duckdb-go-bindings"
	"github.com/duckdb/duckdb-go/v2"

	"kith/graph"
)

const (
	fileName = "kith.duckdb"
	// newName is what a database is called until it is complete, so that a
	// file under fileName is never half made.
	newName  = "kith.duckdb.new"
	lockName = "kith.lock"
	tempName = "kith.tmp"
	// PassingName is the folder for passing copies of what is being loaded.
	PassingName = "tmp"
)

// errClosed is what every method but Close returns after Close.
var errClosed = errors.New("the store is closed")

// Options say how a store is opened.
type Options struct {
	// ReadOnly opens for reading, beside other readers.
	ReadOnly bool
	// Create makes the folder and the database where there is none.
	Create bool
	// Memory is the most that DuckDB may take before it spills to the disk,
	// such as "2GB" or "512MB". Empty is DuckDB's default, 80 % of the
	// machine's memory.
	Memory string
	// Log is how many bytes the log may have before the change that made it so
	// long also brings it into the database file; 0 means 16 MB, and below 0
	// only Close does that.
	Log int64
	// Threads is the number of threads of DuckDB; 0 is one per CPU.
	Threads int
}

// Store is one open data folder. It is safe for use by several goroutines.
type Store struct {
	dir string
	o   Options
	db  *sql.DB
	// streams is the same database for reading whole results.
	streams duckdbc.Database
	lock    *folderLock
	temp    string // where DuckDB spills to
	// network holds a token while somebody changes the schemas graph and
	// result, arrivals while somebody changes events. Who needs both takes
	// them in this order.
	network, arrivals chan struct{}
	// perPass is how many calls are held at a time, some more or less; 0 is
	// rowsPerPass.
	perPass int64

	// Of checkpoints, for who has both tokens: the database file for reading,
	// when it was written last, and how long the log must be before the next try.
	file    *os.File
	written time.Time
	retry   int64
	ready   bool // it was opened

	// conns makes the connections of db; Rewrite changes what they lead to.
	conns *connector

	mu       sync.Mutex
	free     sync.Cond // of mu: running or swapping has changed
	closed   bool
	swapping bool // the file is being replaced
	running  int  // calls that are under way
}

// Open opens the data folder dir. It returns an error that is graph.ErrNoStore
// when there is no database in it and none is to be created, graph.ErrLocked
// when somebody else has it open, and graph.ErrNewer when it was written by a
// newer version of kith.
func Open(ctx context.Context, dir string, o Options) (*Store, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("open data folder %s: %w", dir, err)
	}
	if err := prepareFolder(dir, o); err != nil {
		return nil, err
	}
	s := &Store{dir: dir, o: o, network: make(chan struct{}, 1), arrivals: make(chan struct{}, 1)}
	s.free.L = &s.mu
	if !s.mayCreate() {
		// Nothing, not even a lock, is to be left in a folder that was
		// named by mistake.
		if there, err := s.present(); err != nil {
			return nil, err
		} else if !there {
			return nil, fmt.Errorf("open data folder %s: %w: load some data into it first", dir, graph.ErrNoStore)
		}
	}
	if s.lock, err = lockFolder(dir, o.ReadOnly); err != nil {
		return nil, err
	}
	if err := s.open(ctx); err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
}

// open does what must be done under the lock.
func (s *Store) open(ctx context.Context) error {
	if err := s.prepareTemp(); err != nil {
		return err
	}
	if s.mayCreate() {
		there, err := s.present()
		if err == nil && !there {
			err = s.create(ctx)
		}
		if err != nil {
			return err
		}
	}
	if !s.o.ReadOnly {
		// What a Rewrite that was killed has left.
		if err := s.removeNew(); err != nil {
			return err
		}
	}
	if err := s.putBack(); err != nil {
		return err
	}
	inner, err := s.connector(fileName)
	if err != nil {
		return err
	}
	s.conns = &connector{inner: inner}
	s.db = sql.OpenDB(s.conns)
	if err := s.connectStreams(fileName, s.settings()); err != nil {
		return s.explainOpen(err)
	}
	if err := s.migrate(ctx, s.db); err != nil || s.o.ReadOnly {
		return err
	}
	s.stamp()
	if err := s.trim(ctx, s.db); err != nil {
		return err
	}
	s.ready = true
	return nil
}

func (s *Store) mayCreate() bool { return s.o.Create && !s.o.ReadOnly }

// present says whether there is a database, complete or damaged.
func (s *Store) present() (bool, error) {
	info, err := os.Stat(s.path(fileName))
	switch {
	case errors.Is(err, os.ErrNotExist):
		if _, err := os.Stat(s.path(fileName + ".wal")); err == nil {
			return false, fmt.Errorf("open data folder %s: %s is gone but %s.wal, which belongs to it, is here: put the file back, or move the .wal away to start anew",
				s.dir, fileName, fileName)
		}
		return false, nil
	case err != nil:
		return false, fmt.Errorf("open data folder %s: %w", s.dir, err)
	case !info.Mode().IsRegular():
		return false, fmt.Errorf("open data folder %s: %s is not a file: move it away", s.dir, fileName)
	case info.Size() == 0:
		// DuckDB would take an empty file for a new database.
		return false, s.damaged(errors.New("it is empty"))
	}
	return true, nil
}

// create makes a database under a passing name and gives it its real name in one
// step.
func (s *Store) create(ctx context.Context) error {
	if err := s.removeNew(); err != nil {
		return err
	}
	db, err := s.connect(newName)
	if err != nil {
		return err
	}
	// Tables without rows have nothing to share out: of two threads one would
	// only ask the other whether it is done.
	_, err = db.ExecContext(ctx, "SET threads = 1")
	if err == nil {
		err = makeSchema(ctx, db)
	}
	if err == nil {
		_, err = db.ExecContext(ctx, "CHECKPOINT")
	}
	if err = errors.Join(err, db.Close()); err != nil {
		return fmt.Errorf("open data folder %s: create the database: %w", s.dir, s.explain(ctx, err))
	}
	if _, err := os.Stat(s.path(newName + ".wal")); err == nil {
		return fmt.Errorf("open data folder %s: create the database: it could not be written whole; is the disk full?", s.dir)
	}
	if err := os.Rename(s.path(newName), s.path(fileName)); err != nil {
		return fmt.Errorf("open data folder %s: create the database: %w", s.dir, err)
	}
	return syncFolder(s.dir)
}

// settings are those of DuckDB in the form of a URL.
func (s *Store) settings() url.Values {
	set := url.Values{
		// Nothing may be fetched from the network behind the user's back.
		"autoinstall_known_extensions": {"false"},
		"autoload_known_extensions":    {"false"},
		"temp_directory":               {s.temp},
		"access_mode":                  {"READ_WRITE"},
		// Texts are compressed as DuckDB would nearly always choose to; to
		// try the other ways costs more than to do it.
		"force_compression": {"fsst"},
		// Checkpoints are made by kith.
		"checkpoint_threshold": {"1000TB"},
		// It takes joins of one table for others of the same table, and the
		// answer is wrong (duckdb/duckdb issue 25819).
		"disabled_optimizers": {"common_subplan"},
	}
	if s.o.ReadOnly {
		set.Set("access_mode", "READ_ONLY")
	}
	if s.o.Memory != "" {
		set.Set("memory_limit", s.o.Memory)
	}
	if s.o.Threads != 0 {
		set.Set("threads", strconv.Itoa(s.o.Threads))
	}
	return set
}

// removeNew takes away a database that was not completed.
func (s *Store) removeNew() error {
	for _, name := range []string{newName, newName + ".wal"} {
		if err := os.Remove(s.path(name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("data folder %s: remove what was not completed: %w", s.dir, err)
		}
	}
	return nil
}

// connect opens a database of the folder.
func (s *Store) connect(name string) (*sql.DB, error) {
	c, err := s.connector(name)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(c), nil
}

// connector makes connections to a database of the folder.
func (s *Store) connector(name string) (*duckdb.Connector, error) {
	c, err := duckdb.NewConnector(s.path(name)+"?"+s.settings().Encode(), func(conn driver.ExecerContext) error {
		_, err := conn.ExecContext(context.Background(), "SET TimeZone = 'UTC'", nil)
		return err
	})
	if err == nil {
		err = leaveCheckpoints(c)
	}
	if err != nil {
		return nil, s.explainOpen(err)
	}
	return c, nil
}

// leaveCheckpoints tells DuckDB not to make a checkpoint when it closes the
// database, for which it has no setting.
func leaveCheckpoints(c *duckdb.Connector) error {
	ctx := context.Background()
	conn, err := c.Connect(ctx)
	if err != nil {
		return errors.Join(err, c.Close())
	}
	_, err = conn.(driver.ExecerContext).ExecContext(ctx, "PRAGMA disable_checkpoint_on_shutdown", nil)
	return errors.Join(err, conn.Close())
}

func (s *Store) path(name string) string { return filepath.Join(s.dir, name) }

// DB is the database, for reading and for the loaders. Its connections have the
// time zone UTC. Whoever writes does so within Update; whoever reads with it
// has finished before Close.
func (s *Store) DB() *sql.DB { return s.db }

// enter counts a call in, so that Close waits for it; leave counts it out.
func (s *Store) enter() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.swapping {
		s.free.Wait()
	}
	if s.closed {
		return errClosed
	}
	s.running++
	return nil
}

func (s *Store) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running--
	s.free.Broadcast()
}

// closeFile closes the file that checkpoints read, after DuckDB has closed it.
func (s *Store) closeFile() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	s.file = nil
	return err
}

// Close waits for the calls that are under way, writes out what is still in the
// log and releases the folder. A second Close does nothing.
func (s *Store) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	for s.swapping || s.running > 0 {
		s.free.Wait()
	}
	s.mu.Unlock()

	var err error
	if s.db != nil {
		if s.ready && s.logSize() > 0 {
			// What fails here, as it may on a full disk, is done by who opens
			// the folder next: all is in the log.
			_ = s.checkpoint(context.Background())
		}
		duckdbc.Close(&s.streams)
		err = s.db.Close()
	}
	err = errors.Join(err, s.closeFile(), s.removeTemp(), s.lock.release())
	if err != nil {
		return fmt.Errorf("close data folder %s: %w", s.dir, err)
	}
	return nil
}
