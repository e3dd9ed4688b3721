package identity

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// each calls f for 0..n-1 from so many goroutines (0 means GOMAXPROCS). Which
// worker gets which number is left to chance, so f writes only to places that
// belong to i, or to what worker owns and nobody orders. It stops between two
// calls when the context ends, and returns why.
func each(ctx context.Context, threads, n int, f func(worker, i int)) error {
	threads = workers(threads, n)
	if threads == 1 {
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

// workers is the number of goroutines that each uses for n pieces.
func workers(threads, n int) int {
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	return max(min(threads, n), 1)
}

// part is the half-open range of part i when n things are cut into so many parts
// of nearly equal size.
func part(n, parts, i int) (lo, hi int) {
	return int(int64(n) * int64(i) / int64(parts)), int(int64(n) * int64(i+1) / int64(parts))
}

// mix scrambles a number (the finaliser of splitmix64; S. Vigna, after
// doi:10.1145/2714064.2660195).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
