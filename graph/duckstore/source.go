package duckstore

import (
	"context"
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
// Where records are known to be one person's (schema identity), all of this is the
// person's: one customer with the union of the events, and with no tie to itself.
//
// A customer known only from a departure is not in the network. Each sequence
// sees the state of the store when it begins, in the order of the ids.
func (s *Store) Source(w graph.Window) graph.Source { return &source{s, w} }

var errStop = errors.New("the caller has seen enough")

// scan yields the rows of a query that has the bounds of a window, in its order.
// rows hands over the rows of a chunk until it is told to stop.
func scan[T any](ctx context.Context, s *Store, what, text string, w graph.Window, rows func(c chunk, yield func(T) bool) bool) iter.Seq2[T, error] {
	from, to := bounds(w)
	return scanOf(ctx, s, "sum the "+what+" of the events", text, []any{from, to}, rows)
}

// scanOf is scan with any parameters; doing says what for.
func scanOf[T any](ctx context.Context, s *Store, doing, text string, args []any, rows func(c chunk, yield func(T) bool) bool) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		err := s.whole(ctx, func(r *stream) error {
			return r.run(text, args, func(c chunk) error {
				if !rows(c, func(item T) bool { return yield(item, nil) }) {
					return errStop
				}
				return nil
			})
		})
		if err != nil && !errors.Is(err, errStop) {
			var none T
			yield(none, fmt.Errorf("%s: %w", doing, err))
		}
	}
}

func (o *source) Customers(ctx context.Context) iter.Seq2[graph.Customer, error] {
	return scan(ctx, o.store, "customers", query("customers")+"ORDER BY id", o.w, customers)
}

// customers reads the columns id and attributes.
func customers(c chunk, yield func(graph.Customer) bool) bool {
	id, attributes := c.texts(0), c.texts(1)
	for i := range c.rows {
		if !yield(graph.Customer{ID: id[i].String(), Attributes: attributes[i].String()}) {
			return false
		}
	}
	return true
}

func (o *source) Products(ctx context.Context) iter.Seq2[graph.Product, error] {
	return scan(ctx, o.store, "products", query("products")+"ORDER BY id", o.w, products)
}

// products reads the columns id, name, category, price and the dates.
func products(c chunk, yield func(graph.Product) bool) bool {
	id, name, category := c.texts(0), c.texts(1), c.texts(2)
	price, from, to := c.float64s(3), c.times(4), c.times(5)
	for i := range c.rows {
		p := graph.Product{
			ID: id[i].String(), Name: name[i].String(), Category: category[i].String(), Price: price[i],
			AvailableFrom: from.at(i), AvailableTo: to.at(i),
		}
		if !yield(p) {
			return false
		}
	}
	return true
}

func (o *source) Ties(ctx context.Context, k graph.Kind) iter.Seq2[graph.Tie, error] {
	if k == graph.Called {
		return o.calls(ctx)
	}
	return scan(ctx, o.store, k.String()+" ties", tieQuery(k)+"ORDER BY from_id, to_id", o.w, ties)
}

// calls sums the call ties first, and yields them then.
func (o *source) calls(ctx context.Context) iter.Seq2[graph.Tie, error] {
	return func(yield func(graph.Tie, error) bool) {
		err := o.store.whole(ctx, func(r *stream) error {
			sums, err := o.store.callTies(r, o.w, nil)
			if err != nil {
				return err
			}
			defer sums.remove()
			return r.run(query("called")+"ORDER BY from_id, to_id", []any{sums.ties}, func(c chunk) error {
				if !ties(c, func(t graph.Tie) bool { return yield(t, nil) }) {
					return errStop
				}
				return nil
			})
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(graph.Tie{}, fmt.Errorf("sum the CALLED ties of the events: %w", err))
		}
	}
}

// ties reads the columns of graph.ties.
func ties(c chunk, yield func(graph.Tie) bool) bool {
	from, to, weight := c.texts(1), c.texts(2), c.float64s(3)
	count, messages, seconds := c.int64s(4), c.int64s(5), c.int64s(6)
	quantity, amount := c.float64s(7), c.float64s(8)
	first, last := c.times(9), c.times(10)
	for i := range c.rows {
		t := graph.Tie{
			From: from[i].String(), To: to[i].String(), Weight: weight[i],
			Count: count[i], Messages: messages[i], Seconds: seconds[i],
			Quantity: quantity[i], Amount: amount[i],
			First: first.at(i), Last: last.at(i),
		}
		if !yield(t) {
			return false
		}
	}
	return true
}

// tieQuery sums the ties of a kind to products from the events.
func tieQuery(k graph.Kind) string {
	if k == graph.Bought {
		return query("bought")
	}
	return query("viewed")
}
