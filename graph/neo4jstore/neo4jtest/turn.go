package neo4jtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// turn is the right to use something alone, across the processes of a user. It
// is a lock on a file, which the kernel lets go when its holder ends.
type turn struct{ file *os.File }

// takeTurn waits for the lock on one of some files, which it creates when they are
// not there, and says which it got. It tries them in their order, so that the
// first is the busiest.
func takeTurn(ctx context.Context, paths ...string) (*turn, int, error) {
	for {
		for i, path := range paths {
			t, err := tryTurn(path)
			if t != nil || err != nil {
				return t, i, err
			}
		}
		select {
		case <-ctx.Done():
			return nil, 0, fmt.Errorf("wait for the turn at %s: %w", paths[0], ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// tryTurn takes the lock on a file, or returns nil when somebody has it.
func tryTurn(path string) (*turn, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return &turn{f}, nil
	}
	f.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) || errors.Is(err, syscall.EINTR) {
		return nil, nil
	}
	return nil, fmt.Errorf("lock %s: %w", path, err)
}

// end lets the next one in.
func (t *turn) end() { t.file.Close() }
