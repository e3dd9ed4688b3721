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

// source is the network that the events of a window sum up to.
type source struct {
	store *Store
	w     graph.Window
}

// Source is the network of a window: the customers and products that imports
// described, the newest import winning, and those seen only in events of the
// window; and their ties. Sync of this store sums it within the database; other
// stores range over it.
//
// Called counts contacts of every kind, missed calls too, and Messages those
// that are messages; its weight is the number of distinct periods of 30 minutes
// (by the clock of UTC) with contact, all contacts without a time counting as
// one period. Calls of a customer to itself make no tie; Counts has them.
// Bought counts lines of positive quantity; its quantity and amount have the
// returns subtracted, and a pair whose quantity is then zero or less is no tie.
// Sums are exact, so that the ties are equal to the bit for any number of
// threads and any order of the rows. First and Last are of all the pair's
// events that have a time.
//
// A customer known only from a departure is not in the network. Each sequence
// sees the state of the store when it begins, in the order of the ids.
func (s *Store) Source(w graph.Window) graph.Source { return &source{s, w} }

var errStop = errors.New("the caller has seen enough")

// scan yields the rows of a query in its order. They are put into a temporary
// table first, which spills to the disk, and read from it page by page.
func scan[T any](ctx context.Context, s *Store, what, text string, w graph.Window, row func([]driver.Value) T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		from, to := bounds(w)
		err := s.whole(ctx, func(ctx context.Context, conn *sql.Conn) error {
			if _, err := conn.ExecContext(ctx, "CREATE OR REPLACE TEMP TABLE source AS "+text, from, to); err != nil {
				return err
			}
			return inOrder(ctx, conn, "temp.source", "*", func(v []driver.Value) error {
				if !yield(row(v), nil) {
					return errStop
				}
				return nil
			})
		})
		if err != nil && !errors.Is(err, errStop) {
			var none T
			yield(none, fmt.Errorf("sum the %s of the events: %w", what, err))
		}
	}
}

func (o *source) Customers(ctx context.Context) iter.Seq2[graph.Customer, error] {
	return scan(ctx, o.store, "customers", query("customers")+"ORDER BY id", o.w, func(v []driver.Value) graph.Customer {
		return graph.Customer{ID: v[0].(string), Attributes: v[1].(string)}
	})
}

func (o *source) Products(ctx context.Context) iter.Seq2[graph.Product, error] {
	return scan(ctx, o.store, "products", query("products")+"ORDER BY id", o.w, product)
}

// product reads the columns id, name, category, price and the dates.
func product(v []driver.Value) graph.Product {
	p := graph.Product{
		ID: v[0].(string), Name: v[1].(string), Category: v[2].(string),
		Price: -1, AvailableFrom: timeOf(v[4]), AvailableTo: timeOf(v[5]),
	}
	if price, ok := v[3].(float64); ok {
		p.Price = price
	}
	return p
}

func (o *source) Ties(ctx context.Context, k graph.Kind) iter.Seq2[graph.Tie, error] {
	return scan(ctx, o.store, k.String()+" ties", tieQuery(k)+"ORDER BY from_id, to_id", o.w, tie)
}

// tie reads the columns of graph.ties.
func tie(v []driver.Value) graph.Tie {
	return graph.Tie{
		From: v[1].(string), To: v[2].(string), Weight: v[3].(float64),
		Count: v[4].(int64), Messages: v[5].(int64), Seconds: v[6].(int64),
		Quantity: v[7].(float64), Amount: v[8].(float64),
		First: timeOf(v[9]), Last: timeOf(v[10]),
	}
}

// tieQuery sums the ties of a kind from the events.
func tieQuery(k graph.Kind) string {
	switch k {
	case graph.Called:
		return query("called")
	case graph.Bought:
		return query("bought")
	}
	return query("viewed")
}
