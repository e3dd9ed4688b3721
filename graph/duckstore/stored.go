package duckstore

import (
	"context"
	"iter"

	"kith/graph"
)

// Stored is the network of the last Sync as it is stored, with all figures of its
// ties. It is a graph.Source that yields everything in the order of the ids.
type Stored struct{ store *Store }

// Stored returns the stored network, for an export. Each sequence sees the state
// of the store when it begins.
func (s *Store) Stored() *Stored { return &Stored{s} }

// Customers yields the stored customers.
func (o *Stored) Customers(ctx context.Context) iter.Seq2[graph.Customer, error] {
	return scanOf(ctx, o.store, "read the stored customers", "SELECT id, attributes FROM graph.customers ORDER BY id", nil, customers)
}

// Products yields the stored products.
func (o *Stored) Products(ctx context.Context) iter.Seq2[graph.Product, error] {
	return scanOf(ctx, o.store, "read the stored products",
		"SELECT id, name, category, coalesce(price, -1) AS price, available_from, available_to FROM graph.products ORDER BY id", nil, products)
}

// Ties yields the stored ties of a kind, without what was fixed by hand.
func (o *Stored) Ties(ctx context.Context, k graph.Kind) iter.Seq2[graph.Tie, error] {
	return scanOf(ctx, o.store, "read the stored ties",
		"SELECT * FROM graph.ties WHERE kind = $1 ORDER BY from_id, to_id", []any{k.String()}, ties)
}

// Fixed yields the weights of a kind that were fixed by hand, as ties of that
// weight and no other figure.
func (o *Stored) Fixed(ctx context.Context, k graph.Kind) iter.Seq2[graph.Tie, error] {
	return scanOf(ctx, o.store, "read the corrections",
		"SELECT from_id, to_id, weight FROM graph.corrections WHERE kind = $1 ORDER BY from_id, to_id", []any{k.String()},
		func(c chunk, yield func(graph.Tie) bool) bool {
			from, to, weight := c.texts(0), c.texts(1), c.float64s(2)
			for i := range c.rows {
				if !yield(graph.Tie{From: from[i].String(), To: to[i].String(), Weight: weight[i]}) {
					return false
				}
			}
			return true
		})
}
