package duckstore

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/duckdb/duckdb-go/v2"

	"kith/graph"
)

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
	if errors.As(err, &theirs) {
		return err
	}
	text := err.Error()
	switch {
	case strings.Contains(text, "No space left on device"),
		strings.Contains(text, "failed to offload data block"),
		strings.Contains(text, "Could not write all bytes to file"):
		return fmt.Errorf("the disk of %s is full: nothing of this was stored; free some space, open the store again and repeat (%w)", s.dir, err)
	case strings.Contains(text, "has been invalidated because of a previous fatal error"):
		return fmt.Errorf("the database in %s stopped after an earlier error: open the store again (%w)", s.dir, err)
	case is(err, duckdb.ErrorTypeOutOfMemory):
		return fmt.Errorf("this needs more memory than DuckDB may take: raise its limit, or narrow the window (%w)", err)
	}
	return err
}

// explainOpen does the same for opening the database file.
func (s *Store) explainOpen(err error) error {
	text := err.Error()
	switch {
	case strings.Contains(text, "Could not set lock on file"), strings.Contains(text, "Conflicting lock"):
		return fmt.Errorf("open data folder %s: %w: stop it, or wait until it has finished (%w)", s.dir, graph.ErrLocked, err)
	case strings.Contains(text, "memory_limit"), strings.Contains(text, "memory limit"), strings.Contains(text, "Unknown unit"):
		return fmt.Errorf("open data folder %s: the memory limit %q is not understood: write it like 2GB or 512MB", s.dir, s.o.Memory)
	case strings.Contains(text, "with version number"):
		return fmt.Errorf("open data folder %s: %w: use that version (%w)", s.dir, graph.ErrNewer, err)
	case strings.Contains(text, "Permission denied"):
		return fmt.Errorf("open data folder %s: you may not read or write %s: change its permissions (%w)", s.dir, fileName, err)
	case strings.Contains(text, "No space left on device"):
		return fmt.Errorf("open data folder %s: the disk is full: free some space and try again (%w)", s.dir, err)
	}
	return s.damaged(oneLine(text))
}

// damaged is the error of a database file that cannot be read.
func (s *Store) damaged(why string) error {
	return fmt.Errorf("open data folder %s: %s is damaged or not a database of kith: bring it back from a backup, or move it away and load the data again (%s)",
		s.dir, fileName, why)
}

func is(err error, t duckdb.ErrorType) bool {
	var d *duckdb.Error
	return errors.As(err, &d) && d.Type == t
}

// oneLine keeps the first line of a message; DuckDB adds stack traces to some.
func oneLine(text string) string {
	text, _, _ = strings.Cut(text, "\n")
	return strings.TrimSpace(text)
}
