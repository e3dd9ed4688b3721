package recommend

import (
	"context"
	"slices"
	"strconv"
	"testing"
	"time"
)

func BenchmarkBuild(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		in := random(n, n/20+200, n/50)
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			for b.Loop() {
				if _, err := Build(context.Background(), in, Options{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(in.Bought.Arcs())*float64(b.N)/b.Elapsed().Seconds(), "arcs/s")
		})
	}
}

// BenchmarkFor asks for ten items of one customer after the other, four in five
// of whom are in one community and the others in three.
func BenchmarkFor(b *testing.B) {
	const n = 100_000
	in := random(n, 20_000, 500) // about 200 members and 2,000 purchases each
	x := build(b, in, Options{Similar: -1})
	items := make([]Item, 0, 10)
	for _, offset := range []int{0, 10, 1000} {
		b.Run("offset "+strconv.Itoa(offset), func(b *testing.B) {
			var times []time.Duration
			u := uint32(0)
			for b.Loop() {
				begin := time.Now()
				items = x.For(items[:0], Query{Customer: u, Owned: in.Bought.Neighbours(u), Offset: offset, Limit: 10})
				if times = append(times, time.Since(begin)); len(times) > 1_000_000 {
					times = times[:0]
				}
				u = (u + 7919) % n
			}
			slices.Sort(times)
			b.ReportMetric(float64(times[len(times)/2].Nanoseconds()), "p50-ns")
			b.ReportMetric(float64(times[len(times)*99/100].Nanoseconds()), "p99-ns")
		})
	}
}

func BenchmarkSimilarTo(b *testing.B) {
	in := random(20_000, 2000, 200)
	x := build(b, in, Options{})
	items := make([]Item, 0, 10)
	p := uint32(0)
	for b.Loop() {
		items = x.SimilarTo(items[:0], []uint32{p, (p + 1) % 2000, (p + 50) % 2000}, Query{Limit: 10})
		p = (p + 1) % 2000
	}
}

func BenchmarkEvaluate(b *testing.B) {
	in, after := halves(random(10_000, 1000, 200))
	x := build(b, in, Options{Similar: -1})
	later := matrix(1000, after...)
	for b.Loop() {
		if _, err := Evaluate(context.Background(), x.Methods(), in.Bought, later, EvaluateOptions{Resamples: 200}); err != nil {
			b.Fatal(err)
		}
	}
}
