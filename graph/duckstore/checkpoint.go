package duckstore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"
)

// logLimit is how long the log gets, by default, before a checkpoint.
const logLimit = 16 << 20

// A checkpoint brings what was committed, and is only in the log, into the database
// file. DuckDB is told to leave that to kith, which first sees to it that one that
// is broken off does no harm (see undo.go), and that nobody writes meanwhile:
// DuckDB 1.5 hands blocks that a checkpoint has freed to other writers before its
// header is on the disk. The caller has both tokens.
func (s *Store) checkpoint(ctx context.Context) error {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := s.keep(ctx, conn); err != nil {
		return fmt.Errorf("keep what a checkpoint writes over: %w", err)
	}
	// DuckDB stops altogether when a checkpoint does not come to its end.
	if _, err := conn.ExecContext(context.WithoutCancel(ctx), "CHECKPOINT"); err != nil {
		return err
	}
	s.stamp()
	return s.forgo()
}

// stamp remembers when the file was written last.
func (s *Store) stamp() {
	s.retry = 0
	if info, err := os.Stat(s.path(fileName)); err == nil {
		s.written = info.ModTime()
	}
}

// logSize is how many bytes the log has.
func (s *Store) logSize() int64 {
	info, err := os.Stat(s.path(fileName + ".wal"))
	if err != nil {
		return 0
	}
	return info.Size()
}

// due says whether it is time for a checkpoint: the log is long, or tells of rows
// that stand in the file already, which a large change writes there at once. Those
// are not left to the log, as DuckDB may write over them once they are deleted.
func (s *Store) due() bool {
	size, limit := s.logSize(), s.o.Log
	if limit == 0 {
		limit = logLimit
	}
	if size == 0 || limit < 0 || size < s.retry {
		return false
	}
	info, err := os.Stat(s.path(fileName))
	if err != nil || size < limit && info.ModTime().Equal(s.written) {
		return false
	}
	// On a disk that is about to be full all stays in the log.
	free, disk, known := roomOn(s.dir)
	return !known || free > 2*uint64(size)+min(reserve, disk/16)
}

// catchUp makes a checkpoint where one is due and nobody else writes. It fails
// without a word: all is in the log, and there will be another.
func (s *Store) catchUp(held []chan struct{}) {
	for _, token := range []chan struct{}{s.network, s.arrivals} {
		if slices.Contains(held, token) {
			continue
		}
		select {
		case token <- struct{}{}:
			defer func() { <-token }()
		default:
			return // who has it comes here as well
		}
	}
	if !s.due() {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	err := s.counted(func() error { return s.explain(ctx, s.checkpoint(ctx)) })
	if err == nil {
		return
	}
	s.retry = s.logSize() + logLimit
	if errors.Is(err, ErrStopped) {
		_ = s.reopen(ctx)
	}
}

// counted runs f as a call that is under way.
func (s *Store) counted(f func() error) error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.leave()
	return f()
}
