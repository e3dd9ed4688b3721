package duckstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"iter"
	"os"

	"github.com/duckdb/duckdb-go/v2"

	"kith/graph"
)

// Sync makes the stored network that of src, in one transaction. Where src is a
// Source of this very store all of it happens within the database. A source
// that yields a node or a tie twice is refused, as is one that graph's Check
// methods find a fault with.
func (s *Store) Sync(ctx context.Context, src graph.Source, p graph.Progress) error {
	err := s.update(ctx, func(ctx context.Context, conn *sql.Conn) error {
		own, within := src.(*source)
		if within = within && own.store == s; !within {
			if err := fillFrom(ctx, conn, src, p); err != nil {
				return err
			}
		} else if err := s.fillWithin(ctx, conn, own.w, p); err != nil {
			return err
		}
		p.Report("updating the nodes", 0, 0)
		_, err := conn.ExecContext(ctx, query("sync_nodes"))
		return err
	}, s.network)
	if err != nil {
		return fmt.Errorf("store the network: %w", err)
	}
	return nil
}

// fillWithin sums the events of a window into graph.ties and into the tables
// from which nodes are updated.
func (s *Store) fillWithin(ctx context.Context, conn *sql.Conn, w graph.Window, p graph.Progress) error {
	from, to := bounds(w)
	file, err := s.callTiesBeside(ctx, conn, w, p)
	if err != nil {
		return err
	}
	defer os.Remove(file)
	if _, err := conn.ExecContext(ctx, "DELETE FROM graph.ties"); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, "INSERT INTO graph.ties "+query("called"), file); err != nil {
		return err
	}
	steps := []struct{ stage, into, name string }{
		{"summing purchases", "INSERT INTO graph.ties ", "bought"},
		{"summing visits", "INSERT INTO graph.ties ", "viewed"},
		{"collecting customers", "CREATE OR REPLACE TEMP TABLE new_customers AS ", "customers_within"},
		{"collecting products", "CREATE OR REPLACE TEMP TABLE new_products AS ", "products"},
	}
	for i, step := range steps {
		p.Report(step.stage, int64(i), int64(len(steps)))
		args := []any{from, to}
		if step.name == "customers_within" {
			args = append(args, file)
		}
		if _, err := conn.ExecContext(ctx, step.into+query(step.name), args...); err != nil {
			return err
		}
	}
	return nil
}

// callTiesBeside is callTies of the state that the transaction of conn sees. Both
// begin while no events arrive.
func (s *Store) callTiesBeside(ctx context.Context, conn *sql.Conn, w graph.Window, p graph.Progress) (name string, err error) {
	release, err := acquire(ctx, s.arrivals)
	if err != nil {
		return "", err
	}
	const look = "SELECT count(*) FROM events.imports"
	var n int64
	if err := conn.QueryRowContext(ctx, look).Scan(&n); err != nil {
		release()
		return "", err
	}
	begun := false
	err = s.streaming(ctx, func(r *stream) error {
		err := r.run(look, nil, func(chunk) error { return nil })
		release()
		begun = true
		if err != nil {
			return err
		}
		name, err = s.callTies(r, w, p)
		return err
	})
	if !begun {
		release()
	}
	return name, err
}

// fillFrom copies a foreign source to the same places.
func fillFrom(ctx context.Context, conn *sql.Conn, src graph.Source, p graph.Progress) error {
	if _, err := conn.ExecContext(ctx, "DELETE FROM graph.ties"); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, query("sync_stage")); err != nil {
		return err
	}
	err := copyTo(ctx, conn, "temp", "main", "new_customers", "reading customers", p, src.Customers(ctx),
		func(c graph.Customer, row []driver.Value) ([]driver.Value, error) {
			return append(row, c.ID, c.Attributes), c.Check()
		})
	if err != nil {
		return err
	}
	err = copyTo(ctx, conn, "temp", "main", "new_products", "reading products", p, src.Products(ctx),
		func(r graph.Product, row []driver.Value) ([]driver.Value, error) {
			var price driver.Value
			if r.Price >= 0 {
				price = r.Price
			}
			return append(row, r.ID, r.Name, r.Category, price, orNull(r.AvailableFrom), orNull(r.AvailableTo)), r.Check()
		})
	if err != nil {
		return err
	}
	for _, k := range graph.Kinds {
		kind := k.String()
		err := copyTo(ctx, conn, "", "graph", "ties", "reading "+kind+" ties", p, src.Ties(ctx, k),
			func(t graph.Tie, row []driver.Value) ([]driver.Value, error) {
				return append(row, kind, t.From, t.To, t.Weight, t.Count, t.Messages, t.Seconds,
					t.Quantity, t.Amount, orNull(t.First), orNull(t.Last)), t.Check(k)
			})
		if err != nil {
			return err
		}
	}
	var twice string
	err = conn.QueryRowContext(ctx, query("sync_twice")).Scan(&twice)
	switch {
	case err == nil:
		return fmt.Errorf("the source has the %s twice: each must stand in it once", twice)
	case errors.Is(err, sql.ErrNoRows):
		_, err = conn.ExecContext(ctx, query("sync_ends"))
	}
	return err
}

// copyTo appends what a sequence yields to a table, within the transaction of
// conn. columns appends the values of an item to an empty row.
func copyTo[T any](ctx context.Context, conn *sql.Conn, catalog, schema, table, stage string, p graph.Progress,
	items iter.Seq2[T, error], columns func(T, []driver.Value) ([]driver.Value, error),
) error {
	return conn.Raw(func(c any) (err error) {
		a, err := duckdb.NewAppender(c.(driver.Conn), catalog, schema, table)
		if err != nil {
			return err
		}
		defer func() {
			if err != nil {
				// What was appended goes with the transaction; the
				// error at hand is the one that tells.
				_ = a.Clear()
				_ = a.Close()
				return
			}
			err = a.CloseWithCancel(ctx)
		}()
		var row []driver.Value
		var n int64
		for item, err := range items {
			if err != nil {
				return sourceError{err}
			}
			if n&0xffff == 0 {
				if err := ctx.Err(); err != nil {
					return err
				}
				p.Report(stage, n, 0)
			}
			if row, err = columns(item, row[:0]); err != nil {
				return sourceError{err}
			}
			if err := a.AppendRow(row...); err != nil {
				return err
			}
			n++
		}
		p.Report(stage, n, n)
		return ctx.Err()
	})
}

// sourceError marks an error that is the source's and not of this database.
type sourceError struct{ error }

func (e sourceError) Unwrap() error { return e.error }
