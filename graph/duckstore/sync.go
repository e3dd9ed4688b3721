package duckstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"iter"

	"kith/graph"
)

// Sync makes the stored network that of src, in one transaction. Where src is a
// Source of this very store all of it happens within the database. A source
// that yields a node or a tie twice is refused, as is one that graph's Check
// methods find a fault with.
func (s *Store) Sync(ctx context.Context, src graph.Source, p graph.Progress) error {
	err := s.update(ctx, func(ctx context.Context, conn *sql.Conn) error {
		if own, within := src.(*source); within && own.store == s {
			return s.syncWithin(ctx, conn, own.w, p)
		}
		return syncFrom(ctx, conn, src, p)
	}, s.network)
	if err != nil {
		return fmt.Errorf("store the network: %w", err)
	}
	return nil
}

// syncWithin sums the events of a window to nodes and ties.
func (s *Store) syncWithin(ctx context.Context, conn *sql.Conn, w graph.Window, p graph.Progress) error {
	calls, err := s.callTiesBeside(ctx, conn, w, p)
	if err != nil {
		return err
	}
	defer calls.remove()
	from, to := bounds(w)
	h, err := whatIsHeld(ctx, conn)
	if err != nil {
		return err
	}
	h.From, h.To = from, to
	window := []any{from, to}
	customers := syncStep{"collecting customers", "CREATE OR REPLACE TEMP TABLE new_customers AS " + render("customers_within", h), []any{calls.ends}, true}
	if h.callersFirst() {
		customers.text = "INSERT INTO graph.customers " + render("customers_within", h)
	}
	steps := []syncStep{
		customers,
		{"updating customers", query("sync_customers"), nil, !h.callersFirst()},
		{"collecting products", "CREATE OR REPLACE TEMP TABLE new_products AS " + query("products"), window, h.Products},
		{"updating products", query("sync_products"), nil, h.Products},
		{"storing calls", query("sync_clear"), nil, h.Ties},
		{"storing calls", query("sync_called"), []any{calls.ties}, true},
		{"summing purchases", render("sync_bought", query("bought")), window, h.Purchases},
		{"summing visits", render("sync_bought", query("viewed")), window, h.Visits},
	}
	for i, step := range steps {
		if !step.needed {
			continue
		}
		p.Report(step.stage, int64(i), int64(len(steps)))
		if _, err := conn.ExecContext(ctx, step.text, step.args...); err != nil {
			return err
		}
	}
	return nil
}

// syncStep is a statement of syncWithin.
type syncStep struct {
	stage, text string
	args        []any
	needed      bool
}

// held is what the store has any rows of: what it has none of need not be summed or
// brought up to date, as to find that out in each query takes time.
type held struct {
	CallsAlone        bool // nothing but calls tells of customers
	Purchases, Visits bool
	Products          bool   // or something that names one
	Customers, Ties   bool   // of the network
	Schema            string // where ids have their numbers: events where no id stands for another
	From, To          int64  // of the window
}

// callersFirst says that the network has no customers yet and gets none but callers,
// who need not be compared with any.
func (h *held) callersFirst() bool { return h.CallsAlone && !h.Customers }

func whatIsHeld(ctx context.Context, conn *sql.Conn) (h held, err error) {
	err = conn.QueryRowContext(ctx, query("sync_held")).Scan(&h.CallsAlone, &h.Purchases, &h.Visits, &h.Products, &h.Customers, &h.Ties, &h.Schema)
	return h, err
}

// callTiesBeside is callTies of the state that the transaction of conn sees. Both
// begin while no events arrive.
func (s *Store) callTiesBeside(ctx context.Context, conn *sql.Conn, w graph.Window, p graph.Progress) (ties *callTies, err error) {
	release, err := acquire(ctx, s.arrivals)
	if err != nil {
		return nil, err
	}
	const look = "SELECT count(*) FROM events.imports"
	var n int64
	if err := conn.QueryRowContext(ctx, look).Scan(&n); err != nil {
		release()
		return nil, err
	}
	begun := false
	err = s.streaming(ctx, func(r *stream) error {
		err := r.run(look, nil, func(chunk) error { return nil })
		release()
		begun = true
		if err != nil {
			return err
		}
		ties, err = s.callTies(r, w, p)
		return err
	})
	if !begun {
		release()
	}
	return ties, err
}

// syncFrom copies a foreign source.
func syncFrom(ctx context.Context, conn *sql.Conn, src graph.Source, p graph.Progress) error {
	if _, err := conn.ExecContext(ctx, query("sync_stage")); err != nil {
		return err
	}
	err := copyTo(ctx, conn, "temp", "main", "new_customers", "reading customers", p, src.Customers(ctx),
		func(c graph.Customer, row []driver.Value) ([]driver.Value, error) {
			return append(row, c.ID, c.Attributes, nil), c.Check()
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
		err := copyTo(ctx, conn, "temp", "main", "new_ties", "reading "+kind+" ties", p, src.Ties(ctx, k),
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
	case !errors.Is(err, sql.ErrNoRows):
		return err
	}
	p.Report("updating the nodes and ties", 0, 0)
	for _, text := range []string{
		query("sync_ends"), query("sync_customers"), query("sync_products"), query("sync_clear"), query("sync_ties"),
		render("sync_bought", "FROM temp.new_ties WHERE kind <> 'CALLED'"), "DROP TABLE temp.new_ties",
	} {
		if _, err := conn.ExecContext(ctx, text); err != nil {
			return err
		}
	}
	return nil
}

// copyTo appends what a sequence yields to a table, within the transaction of
// conn. columns appends the values of an item to an empty row.
func copyTo[T any](ctx context.Context, conn *sql.Conn, catalog, schema, table, stage string, p graph.Progress,
	items iter.Seq2[T, error], columns func(T, []driver.Value) ([]driver.Value, error),
) error {
	return appendRows(ctx, conn, catalog, schema, table, func(yield func([]driver.Value, error) bool) {
		var row []driver.Value
		var n int64
		for item, err := range items {
			if err == nil {
				if n&0xffff == 0 {
					p.Report(stage, n, 0)
				}
				row, err = columns(item, row[:0])
			}
			if err != nil {
				yield(nil, sourceError{err})
				return
			}
			if !yield(row, nil) {
				return
			}
			n++
		}
		p.Report(stage, n, n)
	})
}

// sourceError marks an error that is the source's and not of this database.
type sourceError struct{ error }

func (e sourceError) Unwrap() error { return e.error }
