package influence

import (
	"context"
	"fmt"
	"math"

	"kith/graph"
	"kith/influence/internal/sweep"
)

// HeatOptions say how long heat flows. The zero value works.
type HeatOptions struct {
	// Time is t, above 0 and at most 500; 0 means 5. The walk that the heat
	// follows takes t steps on average.
	Time float64
	// Tolerance bounds what all vertices together may lack; 0 means 1e-6.
	Tolerance float64
	// Transposed is the graph with all arcs turned round, made when nil. An
	// undirected graph needs none.
	Transposed *graph.Graph
	// Threads is the number of goroutines, 0 means GOMAXPROCS. It has no
	// influence on the result.
	Threads  int
	Progress graph.Progress
}

// Warmth is where the heat is.
type Warmth struct {
	// Score is per vertex; it adds up to 1 less what is lacking.
	Score []float64
	// Iterations is the number of steps added up, Lacking what the steps left
	// out would have added over all vertices.
	Iterations int
	Lacking    float64
}

// Heat lets a unit of heat flow from the starts along arcs for a time t:
//
//	h = s·e^{-t(I-P)} = e^{-t} Σ_k t^k/k! · s·P^k
//
// s being the starts and P the walk along arcs in proportion to their weights, from
// which a vertex without out-arcs keeps all (F. Chung, doi:10.1073/pnas.0708838104). It
// is the walk's place after a number of steps that is Poisson with mean t, so unlike
// personal PageRank it forgets its start altogether when t is large.
//
// The series is added up to the term after which the rest of the Poisson distribution
// is within the tolerance, which the result then lacks and no more: every score is
// too low by at most that.
//
// Time is O(n+m) a step, with t + O(√t·log(1/tolerance)) steps; 24 bytes per vertex
// beside the graph, its transpose and the result. Sums have a fixed order, so scores
// are the same to the bit for any number of threads. An isolated start keeps all; heat
// never leaves what can be reached; an empty graph has no scores. An undirected
// loop counts once.
func Heat(ctx context.Context, g *graph.Graph, from Starts, opt HeatOptions) (Warmth, error) {
	h, err := newHeating(ctx, g, opt)
	if err != nil {
		return Warmth{}, err
	}
	if h.n == 0 {
		return Warmth{}, nil
	}
	t, err := starts(h.n, from.At, from.Weights)
	if err != nil {
		return Warmth{}, fmt.Errorf("heat: %w", err)
	}
	if t == nil {
		t = make([]float64, h.n)
		for v := range t {
			t[v] = 1 / float64(h.n)
		}
	}
	w := Warmth{Score: make([]float64, h.n), Iterations: len(h.terms) - 1, Lacking: h.lacking}
	gives, next := make([]float64, h.n), make([]float64, h.n)
	for v, x := range t {
		w.Score[v] = x * h.terms[0]
		gives[v] = x * h.give[v]
	}
	for k, term := range h.terms[1:] {
		if err := ctx.Err(); err != nil {
			return Warmth{}, fmt.Errorf("heat: %w", err)
		}
		h.cut.Each(opt.Threads, func(_ int, from, to uint32) {
			for v := from; v < to; v++ {
				lo, hi := h.in.Offsets[v], h.in.Offsets[v+1]
				var x float64
				if h.in.Weights == nil {
					x = sweep.Gather(gives, h.in.Targets[lo:hi])
				} else {
					x = sweep.GatherWeighted(gives, h.in.Targets[lo:hi], h.in.Weights[lo:hi])
				}
				if h.give[v] == 0 {
					x += t[v]
				}
				t[v] = x
				w.Score[v] += float64(x * term)
				next[v] = x * h.give[v]
			}
		})
		gives, next = next, gives
		opt.Progress.Report("heat", int64(k+1), int64(w.Iterations))
	}
	return w, nil
}

// Heats is Heat for many sets of starts, eight side by side, as PageRanks does it
// and with its guarantees. each is called for the sets in their order, with a Warmth
// that is only valid during the call; an error of it ends the work. Memory beside the
// graph and its transpose is 264 bytes per vertex.
func Heats(ctx context.Context, g *graph.Graph, sets []Starts, opt HeatOptions, each func(set int, w Warmth) error) error {
	h, err := newHeating(ctx, g, opt)
	if err != nil {
		return err
	}
	place, gives, next, warm := make([]sweep.Lane, h.n), make([]sweep.Lane, h.n), make([]sweep.Lane, h.n), make([]sweep.Lane, h.n)
	w := Warmth{Iterations: len(h.terms) - 1, Lacking: h.lacking}
	if h.n == 0 {
		w = Warmth{}
	} else {
		w.Score = make([]float64, h.n)
	}
	for first := 0; first < len(sets); first += sweep.Lanes {
		opt.Progress.Report("heat", int64(first), int64(len(sets)))
		some := sets[first:min(first+sweep.Lanes, len(sets))]
		rows, uniform, err := startRows(h.n, some)
		if err != nil {
			return fmt.Errorf("heat: %w", err)
		}
		for v := range place {
			place[v] = uniform
		}
		for _, r := range rows {
			for l, x := range r.share {
				place[r.vertex][l] += x
			}
		}
		for v := range place {
			for l, x := range place[v] {
				warm[v][l] = x * h.terms[0]
				gives[v][l] = x * h.give[v]
			}
		}
		for _, term := range h.terms[1:] {
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("heat: %w", err)
			}
			h.cut.Each(opt.Threads, func(_ int, from, to uint32) { h.step(from, to, term, place, gives, next, warm) })
			gives, next = next, gives
		}
		for l := range some {
			for v := range w.Score {
				w.Score[v] = warm[v][l]
			}
			if err := each(first+l, w); err != nil {
				return err
			}
		}
	}
	opt.Progress.Report("heat", int64(len(sets)), int64(len(sets)))
	return nil
}

// heating is what all steps of the same heat share.
type heating struct {
	n       int
	in      *graph.Graph
	cut     sweep.Cut
	give    []float64 // 1/strength, 0 where nothing leaves
	terms   []float64 // e^{-t}·t^k/k!
	lacking float64
}

func newHeating(ctx context.Context, g *graph.Graph, opt HeatOptions) (*heating, error) {
	if opt.Time == 0 {
		opt.Time = 5
	}
	if opt.Tolerance == 0 {
		opt.Tolerance = 1e-6
	}
	switch {
	case !(opt.Time > 0 && opt.Time <= 500):
		return nil, fmt.Errorf("heat: the time is %v; it must be above 0 and at most 500", opt.Time)
	case !(opt.Tolerance >= 1e-14):
		return nil, fmt.Errorf("heat: the tolerance is %v; it must be 1e-14 or more", opt.Tolerance)
	}
	if err := square(g); err != nil {
		return nil, fmt.Errorf("heat: %w", err)
	}
	in, err := turned(ctx, g, opt.Transposed, opt.Threads)
	if err != nil {
		return nil, fmt.Errorf("heat: %w", err)
	}
	h := &heating{n: g.Rows(), in: in, cut: sweep.ByArcs(in.Offsets), give: sweep.Strengths(g, opt.Threads)}
	for v, s := range h.give {
		if s > 0 {
			h.give[v] = 1 / s
		}
	}
	h.terms, h.lacking = poisson(opt.Time, opt.Tolerance)
	return h, nil
}

// poisson lists the chances of 0, 1, 2, … when t are expected, up to the number
// beyond which less than the tolerance is left, and what is left.
func poisson(t, tolerance float64) (terms []float64, left float64) {
	var all []float64
	for k := 0; ; k++ {
		l, _ := math.Lgamma(float64(k + 1))
		x := math.Exp(float64(k)*math.Log(t) - t - l)
		all = append(all, x)
		if float64(k) > t && x < tolerance*1e-9 {
			break
		}
	}
	last := len(all)
	for last > 1 && left+all[last-1] <= tolerance {
		last--
		left += all[last]
	}
	return all[:last], left
}

func (h *heating) step(from, to uint32, term float64, place, gives, next, warm []sweep.Lane) {
	var x sweep.Lane
	for v := from; v < to; v++ {
		lo, hi := h.in.Offsets[v], h.in.Offsets[v+1]
		if h.in.Weights == nil {
			sweep.GatherLanes(&x, gives, h.in.Targets[lo:hi])
		} else {
			sweep.GatherLanesWeighted(&x, gives, h.in.Targets[lo:hi], h.in.Weights[lo:hi])
		}
		if h.give[v] == 0 {
			for l, y := range place[v] {
				x[l] += y
			}
		}
		place[v] = x
		for l, y := range x {
			warm[v][l] += float64(y * term)
			next[v][l] = y * h.give[v]
		}
	}
}
