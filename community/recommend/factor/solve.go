package factor

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"

	"kith/graph"
)

// trainer solves for the vectors of one side with those of the other held.
type trainer struct {
	Options
	stride int
}

// solveBlock is the number of vectors that a worker takes at a time, gramBlock that
// of those whose products are added up together.
const (
	solveBlock = 64
	gramBlock  = 1 << 12
)

// solve improves the vectors x of g's rows, given those of its columns.
func (t *trainer) solve(ctx context.Context, g *graph.Graph, x, y []float32) error {
	gram, err := t.gram(ctx, y)
	if err != nil {
		return err
	}
	n := g.Rows()
	return each(ctx, t.Threads, (n+solveBlock-1)/solveBlock, func() func(int) {
		s := newSolver(t.stride, t.Factors, gram, y, float32(t.Confidence))
		return func(block int) {
			for v := block * solveBlock; v < min(n, (block+1)*solveBlock); v++ {
				s.solve(x[v*t.stride:(v+1)*t.stride], g.Neighbours(uint32(v)), g.WeightsOf(uint32(v)), t.Steps)
			}
		}
	})
}

// gram is YᵀY + λI, a row of stride numbers for each factor. Each block of vectors
// is added up on its own, then the blocks in their order.
func (t *trainer) gram(ctx context.Context, y []float32) ([]float32, error) {
	f, stride := t.Factors, t.stride
	n := len(y) / stride
	blocks := (n + gramBlock - 1) / gramBlock
	parts := make([][]float32, blocks)
	order := numbers(256)
	err := each(ctx, t.Threads, blocks, func() func(int) {
		column := make([]float32, len(order))
		return func(block int) {
			sum := make([]float32, f*stride)
			end := min(n, (block+1)*gramBlock)
			for from := block * gramBlock; from < end; from += len(order) {
				to := min(end, from+len(order))
				rows := y[from*stride : to*stride]
				for i := range f {
					for j := range to - from {
						column[j] = rows[j*stride+i]
					}
					combine(sum[i*stride:(i+1)*stride], rows, order[:to-from], column)
				}
			}
			parts[block] = sum
		}
	})
	if err != nil {
		return nil, err
	}
	total := make([]float32, f*stride)
	for _, part := range parts {
		for i, x := range part {
			total[i] += x
		}
	}
	for i := range f {
		total[i*stride+i] += float32(t.Regularization)
	}
	return total, nil
}

// numbers lists 0 to n-1.
func numbers(n int) []uint32 {
	list := make([]uint32, n)
	for i := range list {
		list[i] = uint32(i)
	}
	return list
}

// tile is the number of ties whose vectors are looked at together, so that they are
// still in the cache when they are added up.
const tile = 512

// solver is the memory in which a worker solves for one vector.
type solver struct {
	gram, y       []float32
	confidence    float32
	order         []uint32 // 0, 1, 2, … up to the factors
	r, p, ap, tmp []float32
	dot           [tile]float32
}

func newSolver(stride, factors int, gram, y []float32, confidence float32) *solver {
	work := make([]float32, 4*stride)
	return &solver{
		gram: gram, y: y, confidence: confidence, order: numbers(factors),
		r: work[:stride], p: work[stride : 2*stride], ap: work[2*stride : 3*stride], tmp: work[3*stride:],
	}
}

// first is the list of the first row alone.
var first = []uint32{0}

func (s *solver) product(a, b []float32) float32 {
	var out [1]float32
	dots(out[:], a, first, b)
	return out[0]
}

// add adds by times b to a.
func (s *solver) add(a []float32, by float32, b []float32) {
	combine(a, b, first, []float32{by})
}

// solve moves x by a few steps of conjugate gradients towards the solution of
//
//	(G + Σ_i (c_i-1)·y_i·y_iᵀ)·x = Σ_i c_i·y_i
//
// with c_i = 1+α·w_i; weights may be nil for 1 throughout.
func (s *solver) solve(x []float32, ties []uint32, weights []float32, steps int) {
	if len(ties) == 0 {
		clear(x)
		return
	}
	// r = Σ c_i·y_i - A·x
	clear(s.r)
	for k, v := range x {
		s.tmp[k] = -v
	}
	combine(s.r, s.gram, s.order, s.tmp)
	s.gather(s.r, x, ties, weights, true)
	copy(s.p, s.r)
	size := s.product(s.r, s.r)
	for range steps {
		if !(size > 1e-20) {
			return
		}
		clear(s.ap)
		combine(s.ap, s.gram, s.order, s.p)
		s.gather(s.ap, s.p, ties, weights, false)
		by := size / s.product(s.p, s.ap)
		s.add(x, by, s.p)
		s.add(s.r, -by, s.ap)
		before := size
		size = s.product(s.r, s.r)
		// p = r + size/before·p
		s.p, s.tmp = s.tmp, s.p
		copy(s.p, s.r)
		s.add(s.p, size/before, s.tmp)
	}
}

// gather adds to acc Σ (c_i-1)·(y_i·p)·y_i over all ties, or with rest what is left
// of Σ c_i·y_i after that.
func (s *solver) gather(acc, p []float32, ties []uint32, weights []float32, rest bool) {
	for len(ties) > 0 {
		n := min(len(ties), tile)
		dot := s.dot[:n]
		dots(dot, s.y, ties[:n], p)
		if rest {
			for j, d := range dot {
				dot[j] = 1 - d
			}
		}
		if weights == nil {
			for j := range dot {
				dot[j] *= s.confidence
			}
		} else {
			for j, w := range weights[:n] {
				dot[j] *= float32(s.confidence * w)
			}
			weights = weights[n:]
		}
		if rest {
			for j := range dot {
				dot[j]++
			}
		}
		combine(acc, s.y, ties[:n], dot)
		ties = ties[n:]
	}
}

// each calls the work of a worker for 0..n-1 on at most so many goroutines. Which
// worker gets which number is left to chance, so the work writes only to what depends
// on the number, and to the worker's own memory.
func each(ctx context.Context, threads, n int, worker func() func(i int)) error {
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(threads, n) {
		wg.Go(func() {
			work := worker()
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				work(i)
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}
