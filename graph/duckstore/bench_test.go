package duckstore

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"testing"

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
				at += 1 + g.IntN(r.n/r.d-1)
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

func benchStore(b *testing.B) *Store {
	b.Helper()
	s, err := Open(context.Background(), b.TempDir(), Options{Create: true})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	return s
}

// BenchmarkSync copies a foreign source of 1 M ties over the stored one.
func BenchmarkSync(b *testing.B) {
	s := benchStore(b)
	for b.Loop() {
		if err := s.Sync(context.Background(), ringSource{100_000, 10}, nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*1e6/b.Elapsed().Seconds(), "ties/s")
}

// BenchmarkRead reads 1 M ties between 100,000 customers.
func BenchmarkRead(b *testing.B) {
	s := benchStore(b)
	if err := s.Sync(context.Background(), ringSource{100_000, 10}, nil); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		n, err := s.Read(context.Background(), nil)
		if err != nil {
			b.Fatal(err)
		}
		if n.Calls.Arcs() != 1_000_000 {
			b.Fatal(n.Calls.Arcs())
		}
	}
	b.ReportMetric(float64(b.N)*1e6/b.Elapsed().Seconds(), "ties/s")
}
