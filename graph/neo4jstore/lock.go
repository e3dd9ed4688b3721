package neo4jstore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

// writer is the right to write, which one process has at a time. It is a
// transaction that holds a lock on the KithWriter node and stays open until the
// writer has noted everything down; that it commits is what makes all of it
// count. The server rolls it back when the writer's connection ends, so a writer
// that is killed keeps nobody waiting.
type writer struct {
	state
	// ctx ends when the lock is lost.
	ctx context.Context

	s       *Store
	session neo4j.SessionWithContext
	tx      neo4jTx
	cancel  context.CancelCauseFunc
	// mu keeps the transaction to one goroutine at a time.
	mu   sync.Mutex
	tick *time.Ticker
	done bool
}

// lock waits for the right to write, finishes what a former writer left, and
// clears away what one noted down that never counted.
func (s *Store) lock(ctx context.Context, r *reporter) (*writer, error) {
	if s.closed.Load() {
		return nil, ErrClosed
	}
	select {
	case s.writing <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	w, err := s.begin(ctx)
	if err != nil {
		<-s.writing
		return nil, err
	}
	if w.log != "" {
		if _, err = s.settle(w.ctx, r); err == nil {
			w.log = ""
		}
	}
	if err == nil {
		err = s.sweep(w.ctx)
	}
	if err != nil {
		err = w.why(err)
		w.release()
		return nil, err
	}
	return w, nil
}

// sweep removes what writers have left that ended before it counted.
func (s *Store) sweep(ctx context.Context) error {
	records, err := s.rows(ctx, query("strays"), nil)
	if err != nil {
		return err
	}
	if records[0].Values[0] == true {
		// A batch of them at a time would be as large as the log.
		if err := s.auto(ctx, labelQuery("clear_nodes", "KithChange"), map[string]any{"batch": 20}); err != nil {
			return err
		}
	}
	// A writer that was killed may have had a transaction under way, which has
	// come to its end by now.
	if records[0].Values[0] == true || records[0].Values[1] == true {
		return s.clear(ctx, "KithNextCommunity")
	}
	return nil
}

// begin opens the transaction, and again where another writer's end or a lost
// connection made that fail.
func (s *Store) begin(ctx context.Context) (*writer, error) {
	began := time.Now()
	for {
		w, err := s.beginOnce(ctx)
		if err == nil {
			return w, nil
		}
		if ctx.Err() != nil || !passing(err) || time.Since(began) > s.o.RetryFor {
			return nil, explain(ctx, err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (s *Store) beginOnce(ctx context.Context) (*writer, error) {
	session := s.session(ctx)
	tx, err := session.BeginTransaction(ctx)
	if err != nil {
		closeQuietly(ctx, session)
		return nil, err
	}
	result, err := tx.Run(ctx, query("writer_lock"), nil)
	var record *neo4j.Record
	if err == nil {
		record, err = result.Single(ctx)
	}
	if err != nil {
		closeQuietly(ctx, session)
		return nil, err
	}
	w := &writer{s: s, session: session, tx: tx, tick: time.NewTicker(15 * time.Second)}
	w.generation, _ = record.Values[0].(int64)
	w.log, _ = record.Values[1].(string)
	w.loading, _ = record.Values[2].(bool)
	w.ctx, w.cancel = context.WithCancelCause(ctx)
	go w.keep()
	return w, nil
}

// keep uses the transaction now and then, so that nothing on the way takes the
// connection for dead, and ends the writer's work when it is.
func (w *writer) keep() {
	for {
		select {
		case <-w.ctx.Done():
			return
		case <-w.tick.C:
		}
		w.mu.Lock()
		if !w.done {
			if err := run(w.ctx, w.tx, "RETURN 1", nil); err != nil {
				w.cancel(fmt.Errorf("the right to write was lost: %w", explain(w.ctx, err)))
			}
		}
		w.mu.Unlock()
	}
}

// commit makes count what was noted down, by queries within the transaction. If
// the answer to it is lost with the connection, it looks whether log counts.
func (w *writer) commit(log string, work func(context.Context, neo4jTx) error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := context.Cause(w.ctx); err != nil {
		return err
	}
	err := work(w.ctx, w.tx)
	if err == nil {
		if err = w.tx.Commit(w.ctx); err == nil {
			return nil
		}
		if lost(err) && w.counts(log) {
			return nil
		}
	}
	return explain(w.ctx, err)
}

// counts tells whether a log has become the one that counts. Taking the lock
// anew waits for the former transaction's end.
func (w *writer) counts(log string) bool {
	now, err := w.s.begin(w.ctx)
	if err != nil {
		return false
	}
	defer now.end()
	return now.log == log
}

// why prefers the reason why the work was told to stop to the news that it was.
func (w *writer) why(err error) error {
	if cause := context.Cause(w.ctx); err != nil && cause != nil && errors.Is(err, context.Canceled) {
		return cause
	}
	return err
}

// release gives the right to write back. What has not been committed is undone.
func (w *writer) release() {
	w.end()
	<-w.s.writing
}

func (w *writer) end() {
	w.cancel(nil)
	w.tick.Stop()
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.done {
		w.done = true
		closeQuietly(w.ctx, w.session)
	}
}
