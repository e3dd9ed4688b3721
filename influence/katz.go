package influence

import (
	"context"
	"fmt"
	"math"

	"kith/graph"
	"kith/influence/internal/sweep"
)

// KatzOptions say how fast long walks lose weight. The zero value works.
type KatzOptions struct {
	// Attenuation is what a walk's weight is multiplied by for each arc. It
	// must be below 1/λ, λ being the largest eigenvalue. 0 chooses 0.85 of a
	// bound that is safe.
	Attenuation float64
	// Tolerance ends the iteration: the largest change in a sweep must not
	// exceed it times the largest score. 0 means 1e-9.
	Tolerance float64
	// MaxIterations is the most sweeps that are done; 0 means 1000.
	MaxIterations int
	// Transposed is the graph with all arcs turned round, made when nil. An
	// undirected graph needs none.
	Transposed *graph.Graph
	// Threads is the number of goroutines, 0 means GOMAXPROCS. It has no
	// influence on the result.
	Threads  int
	Progress graph.Progress
}

// Katzes are the scores of L. Katz's index.
type Katzes struct {
	// Score is per vertex, 1 for those that no arc enters.
	Score []float64
	// Attenuation is the one asked for or chosen.
	Attenuation float64
	Iterations  int
	Residual    float64 // the largest change in the last sweep over the largest score
}

// boundSweeps is the number of sweeps that go into the bound of λ.
const boundSweeps = 8

// Katz gives each vertex the sum of the weights of all walks that end there:
//
//	x_v = 1 + α·Σ_{u→v} w_uv·x_u
//
// so that one is important whom many reach by short walks (L. Katz,
// doi:10.1007/BF02289026). An undirected loop counts once.
//
// It converges when α is below 1/λ, λ being the largest eigenvalue of W. As the
// largest entry of W⁸·1 is at least λ⁸, its eighth root bounds λ from above, and α
// is 0.85 of the bound's inverse unless chosen (ours). With an α that is too large
// the scores grow without end, which is reported as an error.
//
// Every vertex pulls from those that point at it, as in PageRank. O(n+m) time a
// sweep, in the order of log(tolerance)/log(αλ) sweeps; 8 bytes a vertex beside the
// result and the transpose. Sums have a fixed order, so scores are the same to the
// bit for any number of threads. An isolated vertex has 1; an empty graph has no
// scores.
func Katz(ctx context.Context, g *graph.Graph, opt KatzOptions) (*Katzes, error) {
	k, err := katz(ctx, g, opt)
	if err != nil {
		return nil, fmt.Errorf("katz: %w", err)
	}
	return k, nil
}

func katz(ctx context.Context, g *graph.Graph, opt KatzOptions) (*Katzes, error) {
	if err := square(g); err != nil {
		return nil, err
	}
	limits, err := SpectralOptions{Tolerance: opt.Tolerance, MaxIterations: opt.MaxIterations}.orDefaults()
	if err != nil {
		return nil, err
	}
	if !(opt.Attenuation >= 0) || math.IsInf(opt.Attenuation, 1) {
		return nil, fmt.Errorf("attenuation is %v; it must be above 0 and finite", opt.Attenuation)
	}
	in, err := turned(ctx, g, opt.Transposed, opt.Threads)
	if err != nil {
		return nil, err
	}
	n := g.Rows()
	cut := sweep.ByArcs(in.Offsets)
	vec := newVectors(cut, opt.Threads)
	x, y := make([]float64, n), make([]float64, n)
	k := &Katzes{Attenuation: opt.Attenuation}
	if k.Attenuation == 0 {
		bound, err := vec.bound(ctx, in, x, y)
		if err != nil {
			return nil, err
		}
		k.Attenuation = 0.85
		if bound > 0 {
			k.Attenuation /= bound
		}
	}
	for v := range x {
		x[v] = 1
	}
	change := make([]float64, cut.Blocks())
	for n > 0 {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		pullInto(in, cut, opt.Threads, x, y)
		cut.Each(opt.Threads, func(b int, from, to uint32) {
			change[b] = 0
			for v := from; v < to; v++ {
				y[v] = 1 + float64(k.Attenuation*y[v])
				change[b] = max(change[b], math.Abs(y[v]-x[v]))
			}
		})
		x, y = y, x
		k.Iterations++
		most := vec.max(x)
		k.Residual = sweep.Max(change) / most
		opt.Progress.Report("katz", int64(k.Iterations), int64(limits.MaxIterations))
		if k.Residual <= limits.Tolerance {
			break
		}
		if k.Iterations >= limits.MaxIterations || !(most < 1e200) {
			bound, err := vec.bound(ctx, in, x, y)
			if err != nil {
				return nil, err
			}
			return nil, fmt.Errorf("no end in sight after %d sweeps with an attenuation of %g, when the scores last changed by a part of %.2g; one below %.4g is safe", k.Iterations, k.Attenuation, k.Residual, 1/bound)
		}
	}
	k.Score = x
	return k, nil
}

// bound is at least the largest eigenvalue of the matrix whose rows are those of
// in. It overwrites x and y.
func (k *vectors) bound(ctx context.Context, in *graph.Graph, x, y []float64) (float64, error) {
	for v := range x {
		x[v] = 1
	}
	log, least := 0.0, math.Inf(1)
	for i := 1; i <= boundSweeps; i++ {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		pullInto(in, k.cut, k.threads, x, y)
		most := k.max(y)
		if most == 0 {
			break // no walk is as long as that
		}
		log += math.Log(most)
		least = min(least, log/float64(i))
		k.scale(y, 1/most)
		x, y = y, x
	}
	if math.IsInf(least, 1) {
		return 0, nil
	}
	return math.Exp(least), nil
}
