package duckstore

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/duckdb/duckdb-go/v2"

	"kith/graph"
)

// explained is an error of DuckDB as a sentence that says what to do, with the
// first line of what DuckDB says behind it: there it goes on about settings that
// kith does not have.
type explained struct {
	sentence string
	cause    error
}

func (e *explained) Error() string { return e.sentence + " (" + oneLine(e.cause) + ")" }
func (e *explained) Unwrap() error { return e.cause }

func oneLine(err error) string {
	text, _, _ := strings.Cut(err.Error(), "\n")
	text = strings.TrimPrefix(text, "database/sql/driver: could not connect to database: ")
	return strings.TrimSpace(text)
}

func has(text string, any ...string) bool {
	for _, part := range any {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}

// explain turns what DuckDB says about an operation into a sentence that says
// what to do. Errors that are not DuckDB's pass through.
func (s *Store) explain(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		// A query that was interrupted because of ctx says so in words of
		// DuckDB; the caller knows it by the context's own error.
		return ctx.Err()
	}
	var theirs sourceError
	var done *explained
	if errors.As(err, &theirs) || errors.As(err, &done) {
		return err
	}
	text := err.Error()
	if has(text, "FATAL Error", "has been invalidated because of a previous fatal error") {
		err = errors.Join(err, ErrStopped)
	}
	switch {
	case diskFull(text):
		return &explained{"the disk of " + s.dir + " is full: nothing of this was stored; free some space and run it again", errors.Join(err, ErrFull)}
	case has(text, "has been invalidated because of a previous fatal error"):
		return &explained{"the database in " + s.dir + " stopped after an earlier error: open the store again", err}
	case outOfMemory(text):
		return &explained{"this needs more memory than DuckDB may take: raise its limit, or narrow the window", err}
	case has(text, "Corrupt database file", "Could not read enough bytes"):
		return &explained{fileName + " in " + s.dir + " is damaged: " + rescue, err}
	}
	switch err.(type) { //nolint:errorlint // where it is wrapped, somebody has put it into words
	case *duckdb.Error, queryError:
		return &explained{"the database refused", err}
	}
	return err
}

func diskFull(text string) bool {
	return has(text, "No space left on device", "no space left on device", "Disk quota exceeded", "disk quota exceeded", "failed to offload data block")
}

func outOfMemory(text string) bool {
	return has(text, "Out of Memory Error", "failed to pin block", "could not allocate block", "failed to allocate")
}

// explainOpen does the same for opening the database file.
func (s *Store) explainOpen(err error) error {
	text := err.Error()
	open := "open data folder " + s.dir + ": "
	switch {
	case has(text, "Could not set lock on file", "Conflicting lock"):
		return fmt.Errorf("%s%w: stop it, or wait until it has finished (%s)", open, graph.ErrLocked, oneLine(err))
	case has(text, "with version number"):
		return fmt.Errorf("%s%w: use that version (%s)", open, graph.ErrNewer, oneLine(err))
	case has(text, "replaying WAL file"):
		return &explained{open + fileName + ".wal, which has the latest changes, is damaged: bring the folder back from a backup, or move that file away to do without them", err}
	case has(text, "threads="):
		return fmt.Errorf("%s%d threads are not possible: give a number above 0, or 0 for one per CPU", open, s.o.Threads)
	case has(text, "memory_limit="):
		return fmt.Errorf("%sthe memory limit %q is not understood: write it like 2GB or 512MB", open, s.o.Memory)
	case has(text, "Permission denied"):
		return &explained{open + "you may not read or write " + fileName + ": change its permissions", err}
	case diskFull(text):
		return &explained{open + "the disk is full: free some space and try again", err}
	case outOfMemory(text):
		return &explained{open + "it needs more memory than DuckDB may take: raise its limit", err}
	}
	return s.damaged(err)
}

// damaged is the error of a database file that cannot be read.
func (s *Store) damaged(why error) error {
	return &explained{fmt.Sprintf("open data folder %s: %s is damaged or not a database of kith: %s", s.dir, fileName, rescue), why}
}

// rescue is what to do about a database file that cannot be read.
const rescue = "bring it back from a backup, or move it and its .wal away and load the data again; results and rejects beside it are whole"
