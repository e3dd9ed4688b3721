package influence

import (
	"context"
	"errors"
	"fmt"
	"math"

	"kith/graph"
	"kith/influence/internal/sweep"
)

// Length says how long the way along an arc is.
type Length uint8

const (
	// LengthOne makes every arc 1 long, whatever it weighs.
	LengthOne Length = iota
	// LengthWeight takes weights as lengths: a heavy arc is a long way.
	LengthWeight
	// LengthInverse takes weights as strengths: an arc is 1/weight long, so
	// that a heavy one is a short way (M. E. J. Newman,
	// doi:10.1103/PhysRevE.64.016132).
	LengthInverse
)

// BetweennessOptions say which paths count. The zero value counts all of them,
// each arc being 1 long.
type BetweennessOptions struct {
	// Sources is the number of vertices, drawn at random, whose paths stand
	// for those of all. 0 means all, which is exact.
	Sources int
	// Seed chooses the draw.
	Seed uint64
	// Confidence is how likely the error bound holds for every vertex at
	// once, in (0,1); 0 means 0.9.
	Confidence float64
	// From, unless nil, lists the vertices whose paths are counted, and then
	// nothing is drawn or scaled up. One who stands twice counts twice. In an
	// undirected graph a path counts half, as it is seen from one of its ends.
	From []uint32
	// Members, unless nil, restricts the network to these vertices, in
	// ascending order without repetition, and to the ties among them, such as
	// those of one community. From must then be among them.
	Members []uint32
	Length  Length
	// Transposed is the graph with all arcs turned round. When it is nil it is
	// made. Neither an undirected graph nor one restricted to Members needs it.
	Transposed *graph.Graph
	// Threads is the number of goroutines, 0 means GOMAXPROCS. It has no
	// influence on the result.
	Threads  int
	Progress graph.Progress
}

// Between says how many shortest paths pass each vertex.
type Between struct {
	// Score is per vertex, or with Members, per member in their order.
	Score []float64
	// Sources is the number of vertices whose paths were counted.
	Sources int
	// Pairs is the number of pairs of other vertices, which Score can reach
	// at most: (n-1)(n-2) of a directed graph, half of that of an undirected.
	Pairs float64
	// Bound is 0 unless the sources were drawn: then, with the Confidence
	// asked for, no score is further than this from the exact one.
	Bound float64
}

// sourceBlock is the number of sources whose paths are added up before the sum
// is added to that of all.
const sourceBlock = 8

// Betweenness counts for each vertex v the shortest paths that pass it:
//
//	b_v = Σ_{s≠v≠t} σ_st(v)/σ_st
//
// where σ_st is the number of shortest paths from s to t and σ_st(v) that of
// those with v between their ends; in an undirected graph each pair s, t counts
// once. L. C. Freeman, doi:10.2307/3033543. The method is that of U. Brandes
// (doi:10.1080/0022250X.2001.9990249): a search from each s counts paths, and going
// back over its levels from the furthest, each vertex sums up how much of its
// paths those behind it depend on. Both ways a level is worked out from the side
// that has fewer arcs, as in S. Beamer, K. Asanović and D. Patterson's search
// (doi:10.1109/SC.2012.50), and the last level isn't searched once all of a
// connected part has been found.
//
// With Sources, the mean over k sources drawn without replacement from the N
// that any path can start at is scaled up to N (U. Brandes, C. Pich,
// doi:10.1142/S0218127407018403). What depends on v from one source lies between
// 0 and c-2, c being the size of the largest connected part, so by R. J.
// Serfling's inequality (doi:10.1214/aos/1176342611) all n scores are within
//
//	Bound = N·(c-2)·√((1-(k-1)/N)·ln(2n/δ)/(2k))
//
// of the exact ones (half of that when undirected) with probability 1-δ. It holds
// for any graph, which makes it wide: scores are usually far closer.
//
// Lengths other than one need a search in order of distance (E. W. Dijkstra,
// doi:10.1007/BF01386390). Two ways are then of equal length when they differ by
// less than a part in 10^10, as sums of lengths are rounded.
//
// Time is O(m) a source, O(m log n) with lengths. Beside the result and the
// transpose it holds up to 20 bytes a vertex, and for each thread 36 bytes a vertex
// (with lengths 32, and up to 16 an arc). Sums have a fixed order, in blocks of eight
// sources, so scores are the same to the bit for any number of threads.
//
// Isolated vertices and those of an empty graph have 0; parts that aren't
// connected have no paths between them; loops are on no shortest path. Numbers
// of shortest paths may exceed what a float64 holds. With arcs of length one they
// are scaled down level by level; two vertices of a level whose numbers differ by
// more than 2^900 may then count too much for the smaller. With other lengths,
// more than 1e300 paths between two vertices are refused.
func Betweenness(ctx context.Context, g *graph.Graph, opt BetweennessOptions) (*Between, error) {
	b, err := between(ctx, g, opt)
	if err != nil {
		return nil, fmt.Errorf("betweenness: %w", err)
	}
	return b, nil
}

func between(ctx context.Context, g *graph.Graph, opt BetweennessOptions) (*Between, error) {
	if err := square(g); err != nil {
		return nil, err
	}
	from := opt.From
	if opt.Members != nil {
		var err error
		if g, err = g.Subgraph(opt.Members); err != nil {
			return nil, err
		}
		if from, err = placesOf(from, opt.Members); err != nil {
			return nil, err
		}
		opt.Transposed = nil
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
	b := &Between{Score: make([]float64, n), Pairs: float64(max(n-1, 0)) * float64(max(n-2, 0))}
	within := newParts(g)
	scale := 1.0
	if from == nil {
		all := within.starts(g)
		if from, err = drawn(all, opt.Sources, opt.Seed); err != nil {
			return nil, err
		}
		if len(from) > 0 {
			scale = float64(len(all)) / float64(len(from))
		}
		spread := float64(len(all)) * float64(max(within.largest()-2, 0))
		if b.Bound, err = drawBound(len(from), len(all), n, opt.Confidence); err != nil {
			return nil, err
		}
		b.Bound *= spread
	}
	for _, s := range from {
		if int(s) >= n {
			return nil, fmt.Errorf("source %d is not among the %d vertices of the graph", s, n)
		}
	}
	b.Sources = len(from)
	if g.Undirected {
		scale /= 2
		b.Pairs /= 2
		b.Bound /= 2
	}
	if err := addPaths(ctx, g, in, within, from, opt, b.Score); err != nil {
		return nil, err
	}
	for v := range b.Score {
		b.Score[v] *= scale
	}
	return b, nil
}

// tracer counts the shortest paths from a vertex for one worker.
type tracer interface {
	// from adds the dependency of s on each vertex to through.
	from(s uint32) error
	// through is per vertex.
	through() []float64
}

// addPaths adds up the dependency of all sources.
func addPaths(ctx context.Context, g, in *graph.Graph, within *parts, from []uint32, opt BetweennessOptions, score []float64) error {
	blocks := (len(from) + sourceBlock - 1) / sourceBlock
	workers := make([]tracer, sweep.Workers(opt.Threads, blocks))
	// All are made now, so that the memory does not depend on who of them comes first.
	for i := range workers {
		if opt.Length == LengthOne {
			workers[i] = newPaths(g, in, within)
		} else {
			workers[i] = newRoutes(g, in, opt.Length)
		}
	}
	faults := make([]error, blocks)
	block := func(i int) []uint32 { return from[i*sourceBlock : min((i+1)*sourceBlock, len(from))] }
	sweep.InOrder(opt.Threads, blocks, func(worker, i int) {
		for _, s := range block(i) {
			if ctx.Err() != nil || faults[i] != nil {
				return
			}
			faults[i] = workers[worker].from(s)
		}
	}, func(worker, i int) {
		// Only the parts that the sources belong to have been touched.
		passed := workers[worker].through()
		for k, s := range block(i) {
			if k > 0 && within.of[s] == within.of[block(i)[k-1]] {
				continue
			}
			for _, v := range within.in(within.of[s]) {
				score[v] += passed[v]
				passed[v] = 0
			}
		}
		opt.Progress.Report("betweenness", int64(min((i+1)*sourceBlock, len(from))), int64(len(from)))
	})
	if err := errors.Join(faults...); err != nil {
		return err
	}
	return ctx.Err()
}

// drawBound is how far the mean of k of n figures between 0 and 1 may be from
// that of all, for each of so many means at once.
func drawBound(k, n, means int, confidence float64) (float64, error) {
	if confidence == 0 {
		confidence = 0.9
	}
	if !(confidence > 0 && confidence < 1) {
		return 0, fmt.Errorf("confidence is %v; it must lie between 0 and 1", confidence)
	}
	if k >= n || k == 0 {
		return 0, nil
	}
	return math.Sqrt((1 - float64(k-1)/float64(n)) * math.Log(2*float64(means)/(1-confidence)) / (2 * float64(k))), nil
}
