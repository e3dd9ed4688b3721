package duckstore

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"

	"kith/graph"
)

// ringSource is a network of n customers with d call ties each, made up as it
// is ranged over.
type ringSource struct{ n, d int }

func (r ringSource) Customers(context.Context) iter.Seq2[graph.Customer, error] {
	return func(yield func(graph.Customer, error) bool) {
		for i := range r.n {
			if !yield(graph.Customer{ID: fmt.Sprintf("+49%09d", i), Attributes: `{"tariff":"s"}`}, nil) {
				return
			}
		}
	}
}

func (ringSource) Products(context.Context) iter.Seq2[graph.Product, error] {
	return func(func(graph.Product, error) bool) {}
}

func (r ringSource) Ties(_ context.Context, k graph.Kind) iter.Seq2[graph.Tie, error] {
	return func(yield func(graph.Tie, error) bool) {
		if k != graph.Called {
			return
		}
		g := rand.New(rand.NewPCG(1, 2))
		for i := range r.n {
			at := 0
			for range r.d {
				at += 1 + g.IntN(r.n/r.d)
				t := graph.Tie{
					From: fmt.Sprintf("+49%09d", i), To: fmt.Sprintf("+49%09d", (i+at)%r.n),
					Weight: float64(1 + g.IntN(9)), Count: 12, Seconds: 340,
				}
				if !yield(t, nil) {
					return
				}
			}
		}
	}
}

// weighted gives every tie of a source the same weight.
type weighted struct {
	graph.Source
	weight float64
}

func (s weighted) Ties(ctx context.Context, k graph.Kind) iter.Seq2[graph.Tie, error] {
	return func(yield func(graph.Tie, error) bool) {
		for t, err := range s.Source.Ties(ctx, k) {
			t.Weight = s.weight
			if !yield(t, err) {
				return
			}
		}
	}
}

// noise is a network of n ties between as many pairs of customers, whose ids
// cannot be compressed.
type noise struct{ n int }

func (noise) Customers(context.Context) iter.Seq2[graph.Customer, error] {
	return func(func(graph.Customer, error) bool) {}
}

func (noise) Products(context.Context) iter.Seq2[graph.Product, error] {
	return func(func(graph.Product, error) bool) {}
}

func (s noise) Ties(_ context.Context, k graph.Kind) iter.Seq2[graph.Tie, error] {
	return func(yield func(graph.Tie, error) bool) {
		if k != graph.Called {
			return
		}
		g := rand.New(rand.NewPCG(4, 20))
		for range s.n {
			from := fmt.Sprintf("%016x%016x", g.Uint64(), g.Uint64())
			if !yield(graph.Tie{From: from, To: from[1:] + "x", Weight: g.Float64() + 0.1}, nil) {
				return
			}
		}
	}
}
