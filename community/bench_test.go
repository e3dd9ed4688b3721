package community

import (
	"fmt"
	"math/rand/v2"
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

func BenchmarkOmega(b *testing.B) {
	forBenchmark(b, func(b *testing.B, g *graph.Graph) func() error {
		x := must(Overlapping(g, leiden(b, g, Options{}).Top(), MembershipOptions{}))
		y := must(Overlapping(g, leiden(b, g, Options{Seed: 1}).Top(), MembershipOptions{}))
		return func() error { _, err := Omega(x, y); return err }
	})
}

func BenchmarkMapEquation(b *testing.B) {
	forBenchmark(b, func(b *testing.B, g *graph.Graph) func() error {
		return func() error { _, err := Leiden(b.Context(), g, Options{Objective: MapObjective}); return err }
	})
}

// BenchmarkUpdate loses and gains ties, and says how many ends of ties it looks at
// and how far modularity is from that of Leiden from the start.
func BenchmarkUpdate(b *testing.B) {
	p := graphtest.Planted(graphtest.PlantedOptions{Vertices: 100_000, Mixing: .4, Seed: 3})
	before := leiden(b, p.Graph(), Options{}).Top()
	for _, count := range []int{1, 10, 100, 10_000} {
		s := tiesOf(p)
		touched := s.change(rand.New(rand.NewPCG(1, 1)), count, p.Community)
		g := undirected(b, s.n, s.list, nil)
		b.Run(fmt.Sprint(2*count), func(b *testing.B) {
			var u *Updated
			for b.Loop() {
				u = updated(b, g, before, touched, Options{})
			}
			b.ReportMetric(float64(u.Work.Arcs), "ends")
			b.ReportMetric(modularity(b, g, u.Partition, 1)-modularity(b, g, leiden(b, g, Options{}).Top(), 1), "gain")
		})
		b.Run(fmt.Sprint(2*count, "-from-the-start"), func(b *testing.B) {
			for b.Loop() {
				leiden(b, g, Options{})
			}
		})
	}
}
