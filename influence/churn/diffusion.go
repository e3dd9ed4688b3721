package churn

import (
	"context"
	"fmt"

	"kith/graph"
	"kith/influence/internal/sweep"
)

// Direction says which way departures spread over a directed tie.
type Direction uint8

const (
	// Along spreads from who calls to who is called.
	Along Direction = iota
	// Against spreads from who is called to who calls.
	Against
	// Both spreads either way, over the sum of the two weights.
	Both
)

// Weighting says how much of a vertex's energy a tie carries.
type Weighting uint8

const (
	// ByWeight shares energy out in proportion to the weights of ties.
	ByWeight Weighting = iota
	// Binary shares it out equally.
	Binary
	// Reciprocated uses only ties that go both ways, each by the smaller of
	// its two weights; Direction has no influence then.
	Reciprocated
)

// SpreadOptions are the parameters of spreading activation. The zero value is
// IBM Diffusion Analysis by default.
type SpreadOptions struct {
	// Factor is the share d of its energy that a vertex passes on in a step,
	// in (0,1]; 0 means 0.5.
	Factor float64
	// Iterations is the most steps; 0 means 100.
	Iterations int
	// Accuracy ends the spreading: in the last step no vertex changed by as
	// much. At least 0.001; 0 means 0.01.
	Accuracy  float64
	Direction Direction
	Weighting Weighting
	// Threads is the number of goroutines, 0 means GOMAXPROCS. It has no
	// influence on the result.
	Threads  int
	Progress graph.Progress
}

// leastAccuracy is the finest accuracy, as in IBM Diffusion Analysis.
const leastAccuracy = 0.001

// Diffusion is a network made ready for spreading: which ties carry energy, and
// how much of it. It is immutable and may be used by several goroutines.
type Diffusion struct {
	opt SpreadOptions
	out *graph.Graph // arcs that carry energy
	in  *graph.Graph // its transpose
	// give is what a vertex passes on in a step over a tie of weight 1, as a
	// share of its energy; 0 where it has no out-ties.
	give []float64
	// Blocks of rows, for pulling over in and over out.
	cutIn, cutOut sweep.Cut
}

// NewDiffusion makes a network ready. It takes O(n+m) time and holds a second
// copy of the arcs, but for an undirected graph, and 8 bytes per vertex.
func NewDiffusion(ctx context.Context, g *graph.Graph, opt SpreadOptions) (*Diffusion, error) {
	if opt.Factor == 0 {
		opt.Factor = 0.5
	}
	if opt.Iterations == 0 {
		opt.Iterations = 100
	}
	if opt.Accuracy == 0 {
		opt.Accuracy = 0.01
	}
	switch {
	case !(opt.Factor > 0 && opt.Factor <= 1):
		return nil, fmt.Errorf("diffusion: the factor is %v; it must be above 0 and at most 1", opt.Factor)
	case opt.Iterations < 0:
		return nil, fmt.Errorf("diffusion: at most %d iterations are allowed; it must be 1 or more", opt.Iterations)
	case !(opt.Accuracy >= leastAccuracy):
		return nil, fmt.Errorf("diffusion: the accuracy is %v; it must be at least %v", opt.Accuracy, leastAccuracy)
	case opt.Direction > Both:
		return nil, fmt.Errorf("diffusion: there is no direction %d", opt.Direction)
	case opt.Weighting > Reciprocated:
		return nil, fmt.Errorf("diffusion: there is no weighting %d", opt.Weighting)
	case uint64(g.Rows()) != uint64(g.Cols):
		return nil, fmt.Errorf("diffusion: the graph has %d rows and %d columns; project it to one kind of vertex first", g.Rows(), g.Cols)
	}
	d := &Diffusion{opt: opt}
	if g.Rows() == 0 {
		d.out, d.in = &graph.Graph{}, &graph.Graph{}
		return d, nil
	}
	if err := d.orient(ctx, g); err != nil {
		return nil, fmt.Errorf("diffusion: %w", err)
	}
	d.cutIn, d.cutOut = sweep.ByArcs(d.in.Offsets), sweep.ByArcs(d.out.Offsets)
	d.give = sweep.Strengths(d.out, opt.Threads)
	for v, s := range d.give {
		if s > 0 {
			d.give[v] = opt.Factor / s
		}
	}
	return d, nil
}

// orient finds the arcs that carry energy, and their transpose.
func (d *Diffusion) orient(ctx context.Context, g *graph.Graph) (err error) {
	switch {
	case g.Undirected:
		d.out, d.in = g, g
	case d.opt.Weighting == Reciprocated:
		d.out, err = mutual(ctx, g, d.opt.Threads)
		d.in = d.out
	case d.opt.Direction == Both && d.opt.Weighting == Binary:
		d.out, err = g.Symmetric(ctx, graph.MergeOnce, d.opt.Threads)
		d.in = d.out
	case d.opt.Direction == Both:
		d.out, err = g.Symmetric(ctx, graph.MergeSum, d.opt.Threads)
		d.in = d.out
	case d.opt.Direction == Against:
		d.in = g
		d.out, err = g.Transpose(ctx, d.opt.Threads)
	default:
		d.out = g
		d.in, err = g.Transpose(ctx, d.opt.Threads)
	}
	if err == nil && d.opt.Weighting == Binary {
		d.out, d.in = equal(d.out), equal(d.in)
	}
	return err
}

// equal is the same graph without weights.
func equal(g *graph.Graph) *graph.Graph {
	bare := *g
	bare.Weights = nil
	return &bare
}

// mutual keeps the arcs whose opposite is there too, each with the smaller of
// the two weights.
func mutual(ctx context.Context, g *graph.Graph, threads int) (*graph.Graph, error) {
	back, err := g.Transpose(ctx, threads)
	if err != nil {
		return nil, err
	}
	m := &graph.Graph{Offsets: make([]uint64, g.Rows()+1), Cols: g.Cols, Undirected: true}
	if g.Weights != nil {
		m.Weights = make([]float32, 0, g.Arcs())
	}
	for u := range uint32(g.Rows()) {
		a, b := g.Neighbours(u), back.Neighbours(u)
		wa, wb := g.WeightsOf(u), back.WeightsOf(u)
		for i, j := 0, 0; i < len(a) && j < len(b); {
			switch {
			case a[i] < b[j]:
				i++
			case b[j] < a[i]:
				j++
			default:
				m.Targets = append(m.Targets, a[i])
				if wa != nil {
					m.Weights = append(m.Weights, min(wa[i], wb[j]))
				}
				i, j = i+1, j+1
			}
		}
		m.Offsets[u+1] = uint64(len(m.Targets))
	}
	return m, nil
}
