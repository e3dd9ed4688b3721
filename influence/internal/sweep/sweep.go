package sweep

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// blockWork is the work in a block, in rows plus arcs: large enough to hide the
// price of handing it out, small enough that a skewed graph still spreads.
const blockWork = 1 << 15

// Cut lists the bounds of the blocks: block i holds the rows from c[i] up to,
// not including, c[i+1]. A cut of no rows has no blocks.
type Cut []uint32

// ByArcs cuts the rows of a graph with these offsets (one more than there are
// rows) into blocks of about equal numbers of rows plus arcs, in O(rows).
func ByArcs(offsets []uint64) Cut {
	if len(offsets) < 2 {
		return nil
	}
	rows := len(offsets) - 1
	cut := Cut{0}
	var start uint64
	for v := 1; v < rows; v++ {
		if work := offsets[v] + uint64(v); work-start >= blockWork {
			cut = append(cut, uint32(v))
			start = work
		}
	}
	return append(cut, uint32(rows))
}

// Blocks is the number of blocks.
func (c Cut) Blocks() int { return max(len(c)-1, 0) }

// Each calls f once for every block, on so many goroutines (0 means
// GOMAXPROCS).
func (c Cut) Each(threads int, f func(block int, from, to uint32)) {
	Each(threads, c.Blocks(), func(_, i int) { f(i, c[i], c[i+1]) })
}

// Workers is the number of goroutines that Each uses for n pieces.
func Workers(threads, n int) int {
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	return max(min(threads, n), 1)
}

// Each calls f for the pieces 0..n-1, on so many goroutines (0 means
// GOMAXPROCS), and says which worker is calling, so that f can own scratch
// memory. Pieces are begun in ascending order.
func Each(threads, n int, f func(worker, i int)) {
	threads = Workers(threads, n)
	if threads == 1 {
		for i := range n {
			f(0, i)
		}
		return
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for worker := range threads {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				f(worker, i)
			}
		})
	}
	wg.Wait()
}

// InOrder calls work for the pieces 0..n-1 as Each does, and after each of them
// commit with the same arguments: one at a time and in ascending order of i, so
// that commit may add up what the worker's scratch memory holds.
func InOrder(threads, n int, work, commit func(worker, i int)) {
	var mu sync.Mutex
	turn := sync.NewCond(&mu)
	next := 0
	Each(threads, n, func(worker, i int) {
		work(worker, i)
		mu.Lock()
		defer mu.Unlock()
		for next != i {
			turn.Wait()
		}
		commit(worker, i)
		next++
		turn.Broadcast()
	})
}

// Sum adds up what the blocks left, in their order.
func Sum(parts []float64) float64 {
	var s float64
	for _, p := range parts {
		s += p
	}
	return s
}

// Max is the largest of what the blocks left, or 0 when there are none.
func Max(parts []float64) float64 {
	var m float64
	for _, p := range parts {
		m = max(m, p)
	}
	return m
}
