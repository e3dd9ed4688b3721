package neo4jstore

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

// neo4jTx is a transaction of the driver.
type neo4jTx = neo4j.ExplicitTransaction

// do runs work in a transaction, and again where the server or the network, not
// the work, made it fail: after a deadlock, a lost connection or a restart of
// the server, up to Options.RetryFor. As the answer to a commit can be lost with
// the connection, work must be such that twice is the same as once.
func (s *Store) do(ctx context.Context, work func(context.Context, neo4jTx) error) error {
	return s.doFor(ctx, s.o.RetryFor, work)
}

// doFor is do with a patience of its own.
func (s *Store) doFor(ctx context.Context, patience time.Duration, work func(context.Context, neo4jTx) error) error {
	if s.closed.Load() {
		return ErrClosed
	}
	began := time.Now()
	for wait := 20 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		err := s.once(ctx, work)
		if err == nil || ctx.Err() != nil || !passing(err) || time.Since(began) > patience {
			return explain(ctx, err)
		}
		// Two that got in each other's way should not do so again.
		pause := wait/2 + rand.N(wait)
		select {
		case <-ctx.Done():
			return explain(ctx, err)
		case <-time.After(pause):
		}
	}
}

// once runs work in a transaction. An error of work's own rolls it back.
func (s *Store) once(ctx context.Context, work func(context.Context, neo4jTx) error) (err error) {
	session := s.session(ctx)
	defer closeQuietly(ctx, session)
	tx, err := session.BeginTransaction(ctx, s.txConfig)
	if err != nil {
		return err
	}
	if err := work(ctx, tx); err != nil {
		// The connection may be broken; closing the session rolls back then.
		_ = tx.Rollback(ctx)
		return err
	}
	return tx.Commit(ctx)
}

func (s *Store) txConfig(c *neo4j.TransactionConfig) {
	if s.o.TxTimeout > 0 {
		c.Timeout = s.o.TxTimeout
	}
	c.Metadata = map[string]any{"app": "kith"}
}

// closeQuietly gives a session's connection back also when ctx has ended.
func closeQuietly(ctx context.Context, session neo4j.SessionWithContext) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	_ = session.Close(ctx)
}

// run executes one named query within a transaction and forgets its answer.
func run(ctx context.Context, tx neo4jTx, text string, params map[string]any) error {
	result, err := tx.Run(ctx, text, params)
	if err != nil {
		return err
	}
	_, err = result.Consume(ctx)
	return err
}

// countOf executes a query that returns one number within a transaction.
func countOf(ctx context.Context, tx neo4jTx, text string, params map[string]any) (int64, error) {
	result, err := tx.Run(ctx, text, params)
	if err != nil {
		return 0, err
	}
	record, err := result.Single(ctx)
	if err != nil {
		return 0, err
	}
	n, _ := record.Values[0].(int64)
	return n, nil
}

// exec runs one query in a transaction of its own. It must be one that may
// happen twice.
func (s *Store) exec(ctx context.Context, text string, params map[string]any) error {
	return s.do(ctx, func(ctx context.Context, tx neo4jTx) error {
		return run(ctx, tx, text, params)
	})
}

// rows runs one query in a transaction of its own and returns its records.
func (s *Store) rows(ctx context.Context, text string, params map[string]any) (records []*neo4j.Record, err error) {
	err = s.do(ctx, func(ctx context.Context, tx neo4jTx) error {
		result, err := tx.Run(ctx, text, params)
		if err != nil {
			return err
		}
		records, err = result.Collect(ctx)
		return err
	})
	return records, err
}

// auto runs a query that makes its own transactions, as CALL IN TRANSACTIONS
// does, or one that changes the schema, and again as do does.
func (s *Store) auto(ctx context.Context, text string, params map[string]any) error {
	if s.closed.Load() {
		return ErrClosed
	}
	began := time.Now()
	for {
		err := func() error {
			session := s.session(ctx)
			defer closeQuietly(ctx, session)
			result, err := session.Run(ctx, text, params)
			if err != nil {
				return err
			}
			_, err = result.Consume(ctx)
			return err
		}()
		if err == nil || ctx.Err() != nil || !passing(err) || time.Since(began) > s.o.RetryFor {
			return explain(ctx, err)
		}
		select {
		case <-ctx.Done():
			return explain(ctx, err)
		case <-time.After(100*time.Millisecond + rand.N(200*time.Millisecond)):
		}
	}
}
