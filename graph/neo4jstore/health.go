package neo4jstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// How long Check does not log in again with a password that the server has
// refused. Neo4j locks an account for 5 s after three wrong ones in a row, and
// with it out everybody else who uses it. One that is refused because the account
// is locked may be right.
const (
	pauseAfterRefusal = 30 * time.Second
	pauseAfterLock    = 6 * time.Second
)

// health remembers the last refusal.
type health struct {
	mu      sync.Mutex
	err     error
	until   time.Time
	edition int // of the password that was refused
}

// Check tells whether the graph can be used, for a probe of readiness. Its error
// matches ErrDown, ErrUntrusted, ErrUnauthorized, ErrForbidden, ErrVersion,
// ErrMigrating or graph.ErrNewer where one of them is the reason. It does not
// wait for a server that is down: bound it by the context, which for a server
// that hangs ends with ErrDown too. After a refused password it asks the server
// again only when the password file has changed, or half a minute later.
func (s *Store) Check(ctx context.Context) error {
	if err := s.refusal(); err != nil {
		return err
	}
	err := s.check(ctx)
	edition := s.login.current()
	s.health.mu.Lock()
	defer s.health.mu.Unlock()
	s.health.err = nil
	if errors.Is(err, ErrUnauthorized) {
		pause := pauseAfterRefusal
		if e := serverError(err); e != nil && e.Code == codeLocked {
			pause = pauseAfterLock
		}
		s.health.err, s.health.until, s.health.edition = err, time.Now().Add(pause), edition
	}
	return err
}

// refusal is the last one, while it would be repeated.
func (s *Store) refusal() error {
	s.health.mu.Lock()
	defer s.health.mu.Unlock()
	if s.health.err == nil || time.Now().After(s.health.until) || s.login.renew() != s.health.edition {
		return nil
	}
	return s.health.err
}

func (s *Store) check(ctx context.Context) error {
	known, err := migrations()
	if err != nil {
		return err
	}
	missing, err := s.missing(ctx, -1, known) // the next probe will try again
	if errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
		err = fmt.Errorf("%w in time", ErrDown)
	}
	if err != nil {
		return fmt.Errorf("check Neo4j: %w", err)
	}
	if len(missing) > 0 {
		last := slices.MaxFunc(missing, func(a, b migration) int { return int(a.number - b.number) })
		return fmt.Errorf("check Neo4j: %w: it lacks migration %04d_%s", ErrMigrating, last.number, last.name)
	}
	return nil
}
