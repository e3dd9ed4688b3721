//go:build unix

package influence_test

import (
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"kith/graph"
	"kith/graph/graphtest"
	"kith/influence"
)

// BenchmarkPageRankBandwidth holds a sweep against the memory's speed: the bytes
// that it has to move at least, over the bandwidth of a[i] = b[i] + s·c[i], which is measured
// beside it. "x-limit" is how many times that it takes. On a machine that lets nobody
// read hardware counters, this count stands in for them.
func BenchmarkPageRankBandwidth(b *testing.B) {
	const scale = 20
	from, to := graphtest.RMAT(scale, 16, 1)
	g, _, err := graph.Build(b.Context(), graph.BuildOptions{Rows: 1 << scale, Undirected: true, DropLoops: true, Merge: graph.MergeOnce}, from, to, nil)
	if err != nil {
		b.Fatal(err)
	}
	// An arc: its target and what that gives, 4 bytes each. A vertex: where its
	// row ends, its score read and written, and what it gives next.
	moved := 8*float64(g.Arcs()) + (8+16+4)*float64(g.Rows())
	for _, threads := range []int{1, 2} {
		b.Run(map[int]string{1: "threads=1", 2: "threads=2"}[threads], func(b *testing.B) {
			sweeps, took := 0, time.Duration(0)
			bandwidth := 0.0
			for b.Loop() {
				bandwidth = max(bandwidth, triad(b, threads))
				started := processor(b)
				r, err := influence.PageRank(b.Context(), g, influence.PageRankOptions{Threads: threads})
				if err != nil {
					b.Fatal(err)
				}
				took += processor(b) - started
				sweeps += r.Iterations
			}
			sweep := took.Seconds() / float64(threads*sweeps)
			b.ReportMetric(moved/sweep/1e9, "GB/s")
			b.ReportMetric(bandwidth/1e9, "triad-GB/s")
			b.ReportMetric(sweep*bandwidth/moved, "x-limit")
		})
	}
}

// processor is what this process has used, which other work on the machine moves less
// than it moves the clock.
func processor(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// triad is the best of some passes over three arrays that no cache holds, in bytes
// a second.
func triad(b *testing.B, threads int) float64 {
	const n = 1 << 24
	x, y, z := make([]float64, n), make([]float64, n), make([]float64, n)
	best := 0.0
	for range 5 {
		started := processor(b)
		var wait sync.WaitGroup
		for t := range threads {
			wait.Go(func() {
				lo, hi := t*n/threads, (t+1)*n/threads
				x, y, z := x[lo:hi], y[lo:hi], z[lo:hi]
				for i := range x {
					x[i] = y[i] + 3*z[i]
				}
			})
		}
		wait.Wait()
		best = max(best, 24*n*float64(threads)/(processor(b)-started).Seconds())
	}
	runtime.KeepAlive(x)
	return best
}
