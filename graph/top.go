package graph

import (
	"context"
	"math"
	"slices"
	"sync"
	"sync/atomic"
)

// top keeps the k best neighbours of each vertex while any goroutine offers
// neighbours of any vertex.
//
// A neighbour is a key: the bits of its similarity, which is above 0, over the
// complement of its number, so that a larger key is a better neighbour, and no
// two are equal. The keys of vertex u are a heap with the worst on top,
// keys[u·k : u·k+count[u]], where keys[i] ≤ keys[2i+1] and keys[i] ≤ keys[2i+2].
type top struct {
	k int
	// most is what a similarity can be but for rounding; graph cuts it there.
	most  float32
	keys  []uint64
	count []uint32
	// bar[u] has the bits of the least similarity that u still takes. It
	// only rises, so who reads an old bar offers in vain at worst.
	bar   []atomic.Uint32
	locks [256]struct {
		sync.Mutex
		_ [56]byte // a cache line each
	}
}

func newTop(n, k int, least float32) *top {
	t := &top{k: k, most: 1, keys: make([]uint64, n*k), count: make([]uint32, n), bar: make([]atomic.Uint32, n)}
	bar := math.Float32bits(max(least, math.SmallestNonzeroFloat32))
	for u := range t.bar {
		t.bar[u].Store(bar)
	}
	return t
}

// push offers v as a neighbour of u. The caller has held the similarity to the
// bar of u.
func (t *top) push(u, v uint32, similarity float32) {
	key := uint64(math.Float32bits(similarity))<<32 | uint64(^v)
	lock := &t.locks[u%uint32(len(t.locks))]
	lock.Lock()
	heap := t.keys[int(u)*t.k : int(u+1)*t.k]
	n := int(t.count[u])
	if n < t.k {
		i := n
		for i > 0 && heap[(i-1)/2] > key {
			heap[i] = heap[(i-1)/2]
			i = (i - 1) / 2
		}
		heap[i] = key
		t.count[u]++
		n++
	} else if key > heap[0] {
		i := 0
		for {
			child := 2*i + 1
			if child >= n {
				break
			}
			if child+1 < n && heap[child+1] < heap[child] {
				child++
			}
			if heap[child] >= key {
				break
			}
			heap[i] = heap[child]
			i = child
		}
		heap[i] = key
	}
	if n == t.k {
		t.bar[u].Store(uint32(heap[0] >> 32))
	}
	lock.Unlock()
}

// graph turns the heaps into rows.
func (t *top) graph(ctx context.Context, threads int) (*Graph, error) {
	n := len(t.count)
	g := &Graph{Offsets: make([]uint64, n+1), Cols: uint32(n)}
	for u, c := range t.count {
		g.Offsets[u+1] = g.Offsets[u] + uint64(c)
	}
	g.Targets, g.Weights = make([]uint32, g.Offsets[n]), make([]float32, g.Offsets[n])
	const rows = 1 << 12
	var other atomic.Bool // some weight is not 1
	err := each(ctx, threads, (n+rows-1)/rows, func(_, block int) {
		ones := true
		for u := block * rows; u < min(n, (block+1)*rows); u++ {
			keys := t.keys[u*t.k : u*t.k+int(t.count[u])]
			slices.SortFunc(keys, func(a, b uint64) int { return int(int64(^uint32(a)) - int64(^uint32(b))) })
			at := g.Offsets[u]
			for i, key := range keys {
				w := min(math.Float32frombits(uint32(key>>32)), t.most)
				g.Targets[at+uint64(i)], g.Weights[at+uint64(i)] = ^uint32(key), w
				ones = ones && w == 1
			}
		}
		if !ones {
			other.Store(true)
		}
	})
	if err != nil {
		return nil, err
	}
	if !other.Load() {
		g.Weights = nil
	}
	return g, nil
}
