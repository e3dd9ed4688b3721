package influence

import (
	"context"
	"fmt"
	"math"

	"kith/graph"
	"kith/influence/internal/sweep"
)

// Eigen is the foremost eigenvector of a network.
type Eigen struct {
	// Score is per vertex, not negative, and of length 1: its squares add up
	// to 1. All are 0 when Value is.
	Score []float64
	// Value is the largest eigenvalue, 0 when the network has no cycle.
	Value float64
	// Iterations counts products with the matrix. Residual is the length of
	// what the last one differs from Value times Score, as a part of Value;
	// where it exceeds the tolerance the iterations ran out first.
	Iterations int
	Residual   float64
}

// Eigenvector gives each vertex a score in proportion to the weighted scores of
// those that point at it:
//
//	x_v = (1/λ)·Σ_{u→v} w_uv·x_u
//
// for the largest λ for which that is possible (P. Bonacich,
// doi:10.1080/0022250X.1972.9989806). An undirected loop counts once.
//
// Undirected networks are solved by conjugate gradients (see HITS), directed ones
// by the power method, with a tenth of the last vector added in each step, so that
// it settles where all cycles have a common divisor too. Products are as those of
// PageRank.
//
// Time is O(n+m) an iteration; beside the result and the transpose it holds 40
// bytes a vertex when undirected, else 8. Sums have a fixed order, so scores are
// the same to the bit for any number of threads.
//
// Scores are what the strengths (of arcs that enter) have in common with the
// foremost eigenvectors where there are several, as in a network of several equal
// parts. In parts with a smaller eigenvalue everybody has 0, and so has, in a
// directed network, everybody who can't be reached from the strongly connected
// part with the largest. An isolated vertex has 0; a directed network without a
// cycle has zeros throughout.
func Eigenvector(ctx context.Context, g *graph.Graph, opt SpectralOptions) (*Eigen, error) {
	e, err := eigenvector(ctx, g, opt)
	if err != nil {
		return nil, fmt.Errorf("eigenvector: %w", err)
	}
	return e, nil
}

func eigenvector(ctx context.Context, g *graph.Graph, opt SpectralOptions) (*Eigen, error) {
	if err := square(g); err != nil {
		return nil, err
	}
	opt, err := opt.orDefaults()
	if err != nil {
		return nil, err
	}
	if g.Arcs() == 0 || !g.Undirected && acyclic(g) {
		return &Eigen{Score: make([]float64, g.Rows())}, nil
	}
	in, err := turned(ctx, g, opt.Transposed, opt.Threads)
	if err != nil {
		return nil, err
	}
	cut := sweep.ByArcs(in.Offsets)
	k := newVectors(cut, opt.Threads)
	x := sweep.Strengths(in, opt.Threads)
	var s settled
	if g.Undirected {
		s, err = k.foremost(ctx, opt, "eigenvector", x, func(x, y []float64) { pullInto(in, cut, opt.Threads, x, y) })
	} else {
		s, err = k.power(ctx, opt, in, x)
	}
	if err != nil {
		return nil, err
	}
	k.positive(x)
	return &Eigen{Score: x, Value: s.value, Iterations: s.iterations, Residual: s.residual}, nil
}

// acyclic says whether no path leads back to where it began.
func acyclic(g *graph.Graph) bool {
	if _, count := g.StrongComponents(nil); count < g.Rows() {
		return false
	}
	for v := range uint32(g.Rows()) {
		if partners(g, v) < uint32(g.Degree(v)) {
			return false
		}
	}
	return true
}

// power is foremost for a matrix that isn't symmetric: the rows of in.
func (k *vectors) power(ctx context.Context, o SpectralOptions, in *graph.Graph, x []float64) (settled, error) {
	y := make([]float64, len(x))
	k.scale(x, 1/k.max(x))
	k.scale(x, 1/math.Sqrt(k.dot(x, x)))
	for s := (settled{iterations: 1}); ; s.iterations++ {
		if err := ctx.Err(); err != nil {
			return s, err
		}
		o.Progress.Report("eigenvector", int64(s.iterations), int64(o.MaxIterations))
		pullInto(in, k.cut, k.threads, x, y)
		s.value = k.dot(x, y)
		size := math.Sqrt(k.dot(y, y))
		k.add(y, -s.value, x, y)
		s.residual = math.Sqrt(k.dot(y, y)) / size
		if s.residual <= o.Tolerance || s.iterations >= o.MaxIterations {
			return s, nil
		}
		// y has lost value·x.
		k.add(y, s.value+size/10, x, x)
		k.scale(x, 1/math.Sqrt(k.dot(x, x)))
	}
}

// positive sets to 0 what rounding has left below it.
func (k *vectors) positive(x []float64) {
	k.cut.Each(k.threads, func(_ int, from, to uint32) {
		for v := from; v < to; v++ {
			x[v] = max(x[v], 0)
		}
	})
}
