package duckstore

import (
	"context"
	"testing"

	"kith/graph"
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

// BenchmarkSyncEvents sums 3 M calls of 100,000 customers to 1 M ties.
func BenchmarkSyncEvents(b *testing.B) {
	s := openNew(b)
	mustExec(b, s, `INSERT INTO events.calls
		SELECT '+49' || lpad((range % 100000)::VARCHAR, 9, '0'),
			'+49' || lpad(((range % 100000 + 1 + hash(range % 1000000) % 50000) % 100000)::VARCHAR, 9, '0'),
			make_timestamp((1767225600 + hash(range) % 2592000)::BIGINT * 1000000), 'voice', hash(range) % 600, true, 1
		FROM range(3000000)`)
	for b.Loop() {
		if err := s.Sync(context.Background(), s.Source(graph.Window{}), nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*3e6/b.Elapsed().Seconds(), "calls/s")
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

// BenchmarkOpen opens and closes a small store.
func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	for b.Loop() {
		s, err := Open(context.Background(), dir, Options{Create: true})
		if err == nil {
			err = s.Close()
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCreate makes a new store.
func BenchmarkCreate(b *testing.B) {
	for b.Loop() {
		s, err := Open(context.Background(), b.TempDir(), Options{Create: true})
		if err == nil {
			err = s.Close()
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}
