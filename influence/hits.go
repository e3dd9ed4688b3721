package influence

import (
	"context"
	"fmt"
	"math"

	"kith/graph"
	"kith/influence/internal/sweep"
)

// Hits are hubs and authorities.
type Hits struct {
	// Hub and Authority are per vertex, not negative and of length 1: their
	// squares add up to 1. All are 0 when there are no arcs.
	Hub, Authority []float64
	// Value is the largest singular value of the matrix of weights: pointing
	// from hubs gives Value times the authorities, and the other way round.
	Value float64
	// Iterations counts products with the matrix and its transpose. Residual
	// is the length of what the last pair of them differs from Value² times
	// Authority, as a part of that.
	Iterations int
	Residual   float64
}

// HITS finds hubs, who point at authorities, and authorities, who are pointed at
// by hubs:
//
//	a_v = (1/σ)·Σ_{u→v} w_uv·h_u    h_u = (1/σ)·Σ_{u→v} w_uv·a_v
//
// for the largest σ for which that is possible (J. M. Kleinberg,
// doi:10.1145/324133.324140).
//
// The authorities are the foremost eigenvector of WᵀW, found by conjugate gradients
// (A. V. Knyazev, doi:10.1137/S1064827500366124) in far fewer products than the
// power method of the paper where the two largest eigenvalues are close. Products
// are as those of PageRank.
//
// Time is O(n+m) an iteration; beside the result and the transpose it holds 40
// bytes a vertex. Sums have a fixed order, so scores are the same to the bit for
// any number of threads.
//
// Where several eigenvectors are foremost, as in a network of several equal
// parts, the authorities are what the strengths of arcs that enter have in common
// with them. Parts with a smaller σ have 0 throughout, and so have isolated
// vertices. In an undirected network hubs and authorities are alike, unless it
// falls into two sides.
func HITS(ctx context.Context, g *graph.Graph, opt SpectralOptions) (*Hits, error) {
	h, err := hits(ctx, g, opt)
	if err != nil {
		return nil, fmt.Errorf("hits: %w", err)
	}
	return h, nil
}

func hits(ctx context.Context, g *graph.Graph, opt SpectralOptions) (*Hits, error) {
	if err := square(g); err != nil {
		return nil, err
	}
	opt, err := opt.orDefaults()
	if err != nil {
		return nil, err
	}
	h := &Hits{Hub: make([]float64, g.Rows()), Authority: make([]float64, g.Rows())}
	if g.Arcs() == 0 {
		return h, nil
	}
	in, err := turned(ctx, g, opt.Transposed, opt.Threads)
	if err != nil {
		return nil, err
	}
	out, cut := sweep.ByArcs(g.Offsets), sweep.ByArcs(in.Offsets)
	k := newVectors(cut, opt.Threads)
	h.Authority = sweep.Strengths(in, opt.Threads)
	s, err := k.foremost(ctx, opt, "hits", h.Authority, func(x, y []float64) {
		pullInto(g, out, opt.Threads, x, h.Hub)
		pullInto(in, cut, opt.Threads, h.Hub, y)
	})
	if err != nil {
		return nil, err
	}
	k.positive(h.Authority)
	pullInto(g, out, opt.Threads, h.Authority, h.Hub)
	k.scale(h.Hub, 1/math.Sqrt(k.dot(h.Hub, h.Hub)))
	h.Value, h.Iterations, h.Residual = math.Sqrt(s.value), s.iterations, s.residual
	return h, nil
}
