package influence

import (
	"context"
	"fmt"

	"kith/graph"
	"kith/influence/internal/sweep"
)

// ClosenessOptions say how closeness is measured. The zero value is exact, each
// arc being 1 long.
type ClosenessOptions struct {
	// Targets is the number of vertices, drawn at random, whose distances
	// stand for those of all. 0 means all, which is exact.
	Targets int
	// Seed chooses the draw.
	Seed uint64
	// Confidence is how likely the error bound holds for every vertex at
	// once, in (0,1); 0 means 0.9.
	Confidence float64
	Length     Length
	// Transposed is the graph with all arcs turned round, made when nil. An
	// undirected graph needs none.
	Transposed *graph.Graph
	// Threads is the number of goroutines, 0 means GOMAXPROCS. It has no
	// influence on the result.
	Threads  int
	Progress graph.Progress
}

// Close says how near each vertex is to the others.
type Close struct {
	// Score is per vertex the sum of 1/distance to all others, at most n-1
	// when arcs are 1 long.
	Score []float64
	// Targets is the number of vertices to which distances were measured.
	Targets int
	// Bound is 0 unless the targets were drawn: then, with the Confidence
	// asked for, no score is further than this from the exact one.
	Bound float64
}

// Closeness is harmonic closeness:
//
//	c_v = Σ_{u≠v} 1/d(v,u)
//
// where d(v,u) is the distance along arcs from v to u, and one who can't be
// reached counts 0, so that parts that aren't connected can be compared (M. E. J.
// Newman, SIAM Review 45:167, doi:10.1137/S003614450342480; P. Boldi, S. Vigna,
// doi:10.1080/15427951.2013.865686). To count distances towards v, hand in the
// transposed graph.
//
// With arcs of length one, 256 targets are searched at once, against the arcs,
// with a bit for each of them at each vertex (M. Then et al.,
// doi:10.14778/2735496.2735507): an arc that is looked along serves all of them.
// Other lengths need a search by rising distance for each target.
//
// With Targets, the mean over k vertices drawn without replacement is scaled up
// to n (D. Eppstein, J. Wang, doi:10.7155/jgaa.00081). As 1/d is at most the
// inverse of the shortest arc's length ℓ, all scores are, by R. J. Serfling's
// inequality (doi:10.1214/aos/1176342611), within
//
//	Bound = (n/ℓ)·√((1-(k-1)/n)·ln(2n/δ)/(2k))
//
// of the exact ones with probability 1-δ.
//
// Time is O(m) a level for 256 targets, so O(nm/256) in a network of small
// diameter and O(nm) at worst; O(nm log n) with lengths. Beside the result and the
// transpose it holds up to 20 bytes a vertex, and for each thread 108 bytes a vertex
// (with lengths 24, and up to 16 an arc). Sums have a fixed order, so scores are
// the same to the bit for any number of threads. An isolated vertex has 0; loops
// don't count.
func Closeness(ctx context.Context, g *graph.Graph, opt ClosenessOptions) (*Close, error) {
	c, err := closeness(ctx, g, opt)
	if err != nil {
		return nil, fmt.Errorf("closeness: %w", err)
	}
	return c, nil
}

func closeness(ctx context.Context, g *graph.Graph, opt ClosenessOptions) (*Close, error) {
	if err := square(g); err != nil {
		return nil, err
	}
	if opt.Length > LengthInverse {
		return nil, fmt.Errorf("length %d is none of the three that there are", opt.Length)
	}
	if g.Weights == nil {
		opt.Length = LengthOne
	}
	in, err := turned(ctx, g, opt.Transposed, opt.Threads)
	if err != nil {
		return nil, err
	}
	n := g.Rows()
	within := newParts(g)
	to, err := drawn(within.list, opt.Targets, opt.Seed)
	if err != nil {
		return nil, err
	}
	c := &Close{Score: make([]float64, n), Targets: len(to)}
	if c.Bound, err = drawBound(len(to), n, n, opt.Confidence); err != nil {
		return nil, err
	}
	c.Bound *= float64(n) / shortest(g, opt.Length)
	if err := addNearness(ctx, g, in, within, to, opt, c.Score); err != nil {
		return nil, err
	}
	if len(to) < n {
		for v := range c.Score {
			c.Score[v] *= float64(n) / float64(len(to))
		}
	}
	return c, nil
}

// shortest is the length of the shortest arc, 1 when there are none.
func shortest(g *graph.Graph, length Length) float64 {
	if length == LengthOne || len(g.Weights) == 0 {
		return 1
	}
	t := trip{inverse: length == LengthInverse}
	least := t.length(g.Weights[0])
	for _, w := range g.Weights {
		least = min(least, t.length(w))
	}
	return least
}

// nearer measures distances to some vertices for one worker.
type nearer interface {
	// to adds 1/distance to each of the targets to the score of each vertex.
	to(targets []uint32)
	score() []float64
}

// addNearness adds up 1/distance to all targets, of which the parts are in
// ascending order.
func addNearness(ctx context.Context, g, in *graph.Graph, within *parts, to []uint32, opt ClosenessOptions, score []float64) error {
	size := 8
	if opt.Length == LengthOne {
		size = 64 * lanes
	}
	blocks := (len(to) + size - 1) / size
	workers := make([]nearer, sweep.Workers(opt.Threads, blocks))
	// All are made now, so that the memory does not depend on who of them comes first.
	for i := range workers {
		if opt.Length == LengthOne {
			workers[i] = newCrowdSearch(g, in, within)
		} else {
			workers[i] = &ways{trip: newTrip(in, opt.Length), near: make([]float64, g.Rows())}
		}
	}
	block := func(i int) []uint32 { return to[i*size : min((i+1)*size, len(to))] }
	sweep.InOrder(opt.Threads, blocks, func(worker, i int) {
		if ctx.Err() != nil {
			return
		}
		workers[worker].to(block(i))
	}, func(worker, i int) {
		if ctx.Err() != nil {
			return
		}
		near, own := workers[worker].score(), block(i)
		for k, u := range own {
			if k > 0 && within.of[u] == within.of[own[k-1]] {
				continue
			}
			for _, v := range within.in(within.of[u]) {
				score[v] += near[v]
				near[v] = 0
			}
		}
		opt.Progress.Report("closeness", int64(min((i+1)*size, len(to))), int64(len(to)))
	})
	return ctx.Err()
}

// ways measures distances where arcs differ in length. It goes against the arcs.
type ways struct {
	trip
	near []float64
}

func (w *ways) score() []float64 { return w.near }

func (w *ways) to(targets []uint32) {
	for _, t := range targets {
		w.begin(t)
		for v, ok := w.next(); ok; v, ok = w.next() {
			if v != t {
				w.near[v] += 1 / w.far[v]
			}
		}
		w.end()
	}
}
