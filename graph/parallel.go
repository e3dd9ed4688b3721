package graph

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// threadsOr is the number of goroutines to use: the one asked for, or as many
// as may run at once.
func threadsOr(n int) int {
	if n > 0 {
		return n
	}
	return runtime.GOMAXPROCS(0)
}

// each calls f for 0..n-1 from at most so many goroutines. Which worker gets
// which number is left to chance, so f writes only to places that depend on i,
// or to what worker owns and nobody orders. It stops early, between two calls,
// when the context ends, and returns why.
func each(ctx context.Context, threads, n int, f func(worker, i int)) error {
	threads = min(threads, n)
	if threads <= 1 {
		for i := range n {
			if err := ctx.Err(); err != nil {
				return err
			}
			f(0, i)
		}
		return ctx.Err()
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for worker := range threads {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				f(worker, i)
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}

// part is the half-open range of part i when n things are cut into so many
// parts of nearly equal size.
func part(n, parts, i int) (lo, hi int) {
	return int(int64(n) * int64(i) / int64(parts)), int(int64(n) * int64(i+1) / int64(parts))
}
