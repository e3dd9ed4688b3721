package influence

import (
	"context"
	"fmt"
	"math"

	"kith/graph"
	"kith/influence/internal/sweep"
)

// PageRankOptions say how far a walk goes and when its ranks are settled. The
// zero value is the walk of the original paper, to a change of 1e-6.
type PageRankOptions struct {
	// Damping is the chance that the walk follows an arc instead of starting
	// anew, in (0,1); 0 means 0.85.
	Damping float64
	// Tolerance ends the iteration: the sum over all vertices of the change
	// in one sweep must not exceed it. 0 means 1e-6.
	Tolerance float64
	// MaxIterations is the most sweeps that are done; 0 means 100.
	MaxIterations int
	// Personal lists where the walk starts anew; one who stands twice counts
	// twice. Empty means everywhere alike.
	Personal []uint32
	// PersonalWeights stand beside Personal: not negative, finite, not all
	// zero. Nil means all alike.
	PersonalWeights []float64
	// Transposed is the graph with all arcs turned round. When it is nil it
	// is made. An undirected graph needs none.
	Transposed *graph.Graph
	// Threads is the number of goroutines, 0 means GOMAXPROCS. It has no
	// influence on the ranks.
	Threads  int
	Progress graph.Progress
}

// Ranks are shares of a walk's time. Residual is the summed change in the last
// sweep; where it exceeds the tolerance the sweeps ran out first.
type Ranks struct {
	Score      []float64 // per vertex, adding up to 1; empty for an empty graph
	Iterations int
	Residual   float64
}

// PageRank gives each vertex the share of time that a damped random walk
// spends on it:
//
//	x_v = (1-d)·t_v + d·(Σ_{u→v} x_u·w_uv/s_u + D·t_v)
//
// where w are the weights of arcs, s_u their sum over the arcs that leave u, t
// the vector of where the walk starts anew (uniform, or as Personal says), and
// D the rank of the vertices without out-arcs, which the walk leaves by
// starting anew. See L. Page, S. Brin, R. Motwani, T. Winograd, "The PageRank
// citation ranking" (1999), and for personal starts T. Haveliwala,
// doi:10.1145/511446.511513.
//
// Every vertex pulls from the vertices that point at it; what each of them has
// to give is worked out beforehand, once a sweep, as in the GAP benchmark suite
// (arXiv:1508.03619). The distance to the exact ranks, summed over vertices, is
// at most d/(1-d) times the residual. To a tolerance of 1e-6 and above, what
// vertices give is kept in float32, which halves the memory that the sums jump
// about in. A sweep is then off by at most d·2^-24 in all, and dividing the
// ranks by their sum in the end costs no more than that again: one more exact
// sweep after a change of r changes at most d·r+2^-23, and sweeping goes on
// until that is within the tolerance.
//
// Time is O(n+m) a sweep, with some log(tolerance)/log(d) sweeps at the worst.
// It holds 16 bytes per vertex (8 more each for finer tolerance, weights and
// personal starts) beside the graph and its transpose. Sums have a fixed order,
// so ranks are the same to the bit for any number of threads.
//
// An empty graph has no ranks. An isolated vertex has what starts there. Parts
// that aren't connected share the walk as t does. A loop is an arc like any
// other, counted once. A row whose weights are all zero counts as having none.
func PageRank(ctx context.Context, g *graph.Graph, opt PageRankOptions) (Ranks, error) {
	w, err := newWalk(ctx, g, opt)
	if err != nil {
		return Ranks{}, err
	}
	if w.n == 0 {
		return Ranks{}, nil
	}
	if w.rough() {
		return settle[float32](ctx, w, min(w.opt.Tolerance, (w.opt.Tolerance-slack)/w.opt.Damping))
	}
	return settle[float64](ctx, w, w.opt.Tolerance)
}

// slack is twice the relative rounding of a float32.
const slack = 1.0 / (1 << 23)

// walk is what all sweeps of one PageRank share.
type walk struct {
	opt PageRankOptions
	n   int
	out *graph.Graph // along which rank flows
	in  *graph.Graph // its transpose, from which rank is pulled
	cut sweep.Cut
	// give has d/strength per vertex, 0 where nothing leaves; nil when the
	// strength is the degree.
	give []float64
	t    []float64 // where the walk starts anew; nil when uniform
}

func newWalk(ctx context.Context, g *graph.Graph, opt PageRankOptions) (*walk, error) {
	if opt.Damping == 0 {
		opt.Damping = 0.85
	}
	if opt.Tolerance == 0 {
		opt.Tolerance = 1e-6
	}
	if opt.MaxIterations == 0 {
		opt.MaxIterations = 100
	}
	switch {
	case !(opt.Damping > 0 && opt.Damping < 1):
		return nil, fmt.Errorf("pagerank: damping is %v; it must lie between 0 and 1", opt.Damping)
	case !(opt.Tolerance > 0):
		return nil, fmt.Errorf("pagerank: tolerance is %v; it must be above 0", opt.Tolerance)
	case opt.MaxIterations < 0:
		return nil, fmt.Errorf("pagerank: at most %d iterations are allowed; it must be 1 or more", opt.MaxIterations)
	}
	if err := square(g); err != nil {
		return nil, fmt.Errorf("pagerank: %w", err)
	}
	in, err := turned(ctx, g, opt.Transposed, opt.Threads)
	if err != nil {
		return nil, fmt.Errorf("pagerank: %w", err)
	}
	w := &walk{opt: opt, n: g.Rows(), out: g, in: in, cut: sweep.ByArcs(in.Offsets)}
	if w.t, err = starts(w.n, opt.Personal, opt.PersonalWeights); err != nil {
		return nil, fmt.Errorf("pagerank: %w", err)
	}
	if g.Weights != nil {
		w.give = sweep.Strengths(g, opt.Threads)
		for v, s := range w.give {
			if s > 0 {
				w.give[v] = opt.Damping / s
			}
		}
	}
	return w, nil
}

// starts spreads a mass of 1 over the given vertices, in their order.
func starts(n int, at []uint32, weights []float64) ([]float64, error) {
	if len(at) == 0 {
		if len(weights) > 0 {
			return nil, fmt.Errorf("there are %d personal weights without vertices", len(weights))
		}
		return nil, nil
	}
	if weights != nil && len(weights) != len(at) {
		return nil, fmt.Errorf("there are %d personal weights for %d vertices", len(weights), len(at))
	}
	t := make([]float64, n)
	total := 0.0
	for i, v := range at {
		if int(v) >= n {
			return nil, fmt.Errorf("personal vertex %d is not among the %d of the graph", v, n)
		}
		x := 1.0
		if weights != nil {
			x = weights[i]
		}
		if !(x >= 0) || math.IsInf(x, 1) {
			return nil, fmt.Errorf("the personal weight of vertex %d is %v; it must be 0 or more and finite", v, x)
		}
		t[v] += x
		total += x
	}
	if !(total > 0) || math.IsInf(total, 1) {
		return nil, fmt.Errorf("the personal weights add up to %v; they must come to more than 0 and be finite", total)
	}
	for v := range t {
		t[v] /= total
	}
	return t, nil
}

// rough says whether float32 is fine enough for what vertices give: the
// tolerance must dwarf its rounding, and no share of rank may fall out of its
// range.
func (w *walk) rough() bool {
	if w.opt.Tolerance < 1e-6 {
		return false
	}
	for _, x := range w.give {
		if x != 0 && (x > 1e20 || x < 1e-20) {
			return false
		}
	}
	return true
}

// settle sweeps until the summed change is at most the target.
func settle[F float32 | float64](ctx context.Context, w *walk, target float64) (Ranks, error) {
	r := Ranks{Score: make([]float64, w.n)}
	gives, next := make([]F, w.n), make([]F, w.n)
	change, stuck := make([]float64, w.cut.Blocks()), make([]float64, w.cut.Blocks())
	w.cut.Each(w.opt.Threads, func(b int, from, to uint32) {
		for v := from; v < to; v++ {
			x := w.start(v)
			share := w.share(v)
			r.Score[v] = x
			gives[v] = F(x * share)
			if share == 0 {
				stuck[b] += x
			}
		}
	})
	for r.Iterations < w.opt.MaxIterations {
		if err := ctx.Err(); err != nil {
			return Ranks{}, fmt.Errorf("pagerank: %w", err)
		}
		anew := 1 - w.opt.Damping + w.opt.Damping*sweep.Sum(stuck)
		w.cut.Each(w.opt.Threads, func(b int, from, to uint32) {
			change[b], stuck[b] = pull(w, from, to, anew, gives, next, r.Score)
		})
		gives, next = next, gives
		r.Iterations++
		r.Residual = sweep.Sum(change)
		w.opt.Progress.Report("pagerank", int64(r.Iterations), int64(w.opt.MaxIterations))
		if r.Residual <= target {
			break
		}
	}
	w.normalise(r.Score)
	return r, nil
}

// pull gives the vertices from..to their ranks of the next sweep. It returns
// the summed change and the rank of those that nothing leaves.
func pull[F float32 | float64](w *walk, from, to uint32, anew float64, gives, next []F, score []float64) (change, stuck float64) {
	offsets, targets, weights := w.in.Offsets, w.in.Targets, w.in.Weights
	uniform := anew / float64(w.n)
	for v := from; v < to; v++ {
		lo, hi := offsets[v], offsets[v+1]
		x := uniform
		if w.t != nil {
			x = anew * w.t[v]
		}
		if weights == nil {
			x += sweep.Gather(gives, targets[lo:hi])
		} else {
			x += sweep.GatherWeighted(gives, targets[lo:hi], weights[lo:hi])
		}
		change += math.Abs(x - score[v])
		score[v] = x
		share := w.share(v)
		if share == 0 {
			stuck += x
		}
		next[v] = F(x * share)
	}
	return change, stuck
}

// start is the share of starts at v.
func (w *walk) start(v uint32) float64 {
	if w.t != nil {
		return w.t[v]
	}
	return 1 / float64(w.n)
}

// share is what v gives along an arc of weight 1, as a part of its rank.
func (w *walk) share(v uint32) float64 {
	if w.give != nil {
		return w.give[v]
	}
	d := w.out.Offsets[v+1] - w.out.Offsets[v]
	if d == 0 {
		return 0
	}
	return w.opt.Damping / float64(d)
}

// normalise takes out what rounding has added to a sum of 1.
func (w *walk) normalise(score []float64) {
	parts := make([]float64, w.cut.Blocks())
	w.cut.Each(w.opt.Threads, func(b int, from, to uint32) {
		for _, x := range score[from:to] {
			parts[b] += x
		}
	})
	total := sweep.Sum(parts)
	w.cut.Each(w.opt.Threads, func(_ int, from, to uint32) {
		for v := from; v < to; v++ {
			score[v] /= total
		}
	})
}
