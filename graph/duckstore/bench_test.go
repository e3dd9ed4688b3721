package duckstore

import (
	"context"
	"testing"
)

// BenchmarkSync copies a foreign source of 1 M ties over the stored one.
func BenchmarkSync(b *testing.B) {
	s := openNew(b)
	for b.Loop() {
		if err := s.Sync(context.Background(), ringSource{100_000, 10}, nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*1e6/b.Elapsed().Seconds(), "ties/s")
}

// BenchmarkRead reads 1 M ties between 100,000 customers.
func BenchmarkRead(b *testing.B) {
	s := openNew(b)
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
