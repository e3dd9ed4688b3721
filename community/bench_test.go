package community

import (
	"fmt"
	"testing"

	"kith/graph"
	"kith/graph/graphtest"
)

// forBenchmark prepares and then times a kernel on graphs of three sizes.
func forBenchmark(b *testing.B, prepare func(b *testing.B, g *graph.Graph) (kernel func() error)) {
	for _, n := range []int{1000, 10_000, 100_000} {
		g := graphtest.Planted(graphtest.PlantedOptions{Vertices: n, Mixing: .4, Seed: 1}).Graph()
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			kernel := prepare(b, g)
			b.ReportAllocs()
			for b.Loop() {
				if err := kernel(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(g.Arcs()), "ns/arc")
		})
	}
}

func BenchmarkLeiden(b *testing.B) {
	forBenchmark(b, func(b *testing.B, g *graph.Graph) func() error {
		return func() error { _, err := Leiden(b.Context(), g, Options{}); return err }
	})
}

func BenchmarkLeidenOneThread(b *testing.B) {
	forBenchmark(b, func(b *testing.B, g *graph.Graph) func() error {
		return func() error { _, err := Leiden(b.Context(), g, Options{Threads: 1}); return err }
	})
}

func BenchmarkLouvain(b *testing.B) {
	forBenchmark(b, func(b *testing.B, g *graph.Graph) func() error {
		return func() error { _, err := Louvain(b.Context(), g, Options{}); return err }
	})
}

func BenchmarkNested(b *testing.B) {
	forBenchmark(b, func(b *testing.B, g *graph.Graph) func() error {
		return func() error { _, err := Nested(b.Context(), g, NestedOptions{MaxSize: 50}); return err }
	})
}

func BenchmarkLabelPropagation(b *testing.B) {
	forBenchmark(b, func(b *testing.B, g *graph.Graph) func() error {
		return func() error { _, err := LabelPropagation(b.Context(), g, PropagationOptions{}); return err }
	})
}

func BenchmarkModularity(b *testing.B) {
	forBenchmark(b, func(b *testing.B, g *graph.Graph) func() error {
		p := leiden(b, g, Options{}).Top()
		return func() error { _, err := Modularity(g, p, 1); return err }
	})
}

func BenchmarkOverlapping(b *testing.B) {
	forBenchmark(b, func(b *testing.B, g *graph.Graph) func() error {
		p := leiden(b, g, Options{}).Top()
		return func() error { _, err := Overlapping(g, p, MembershipOptions{}); return err }
	})
}

func BenchmarkNMI(b *testing.B) {
	forBenchmark(b, func(b *testing.B, g *graph.Graph) func() error {
		p, q := leiden(b, g, Options{}).Top(), leiden(b, g, Options{Seed: 1}).Top()
		return func() error { _, err := NMI(p, q); return err }
	})
}
