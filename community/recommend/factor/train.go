package factor

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"kith/graph"
)

// Options of Train. The zero value works.
type Options struct {
	// Factors is the length of a vector; 0 means 64.
	Factors int
	// Sweeps is how often both sides are solved for; 0 means 15.
	Sweeps int
	// Regularization is λ; 0 means 1. Ours: as of May 2011 on Online Retail,
	// anything from .01 to 10 foretells what was bought until July alike (recall at
	// 10 of .084 to .085, each ±.009); 10 and more leave a small house without vectors.
	Regularization float64
	// Confidence is α: a tie of weight r counts as 1+α·r times one that isn't
	// there. 0 means 1. Ours: the paper's 40, for hours of television, foretells
	// purchases worse (in the same months .066 against .085). More factors foretell
	// a little more (128: .086) for twice the time.
	Confidence float64
	// Steps is the number of steps of conjugate gradients for each vector in
	// each sweep; 0 means 3.
	Steps int
	// Seed chooses the vectors to start from.
	Seed uint64
	// Losses asks for the loss after every sweep, which costs a pass over the
	// ties for each.
	Losses bool
	// Threads is the number of goroutines; 0 means GOMAXPROCS. It has no
	// influence on the result.
	Threads  int
	Progress graph.Progress
}

// Model is what has been learnt. It is immutable and may be asked by any number of
// goroutines.
type Model struct {
	// Factors is the length of a vector, Stride the distance from one to the
	// next: what lies between is 0.
	Factors, Stride int
	// Customers and Products hold the vectors, Stride numbers each.
	Customers, Products []float32
	// Losses has the loss after each sweep, if asked for.
	Losses []float64

	regularization, confidence float64
	gram                       []float32 // of Products, with λ added to its diagonal
}

// mostConfidence bounds 1+α·r, so that squares of sums stay in range.
const mostConfidence = 1e9

// Train factorises a graph of customers × products by alternating least squares
// for implicit feedback (Y. Hu, Y. Koren, C. Volinsky, doi:10.1109/ICDM.2008.22). It
// seeks the vectors x of customers and y of products with the least
//
//	Σ_ui c_ui·(b_ui - x_u·y_i)² + λ·(Σ_u |x_u|² + Σ_i |y_i|²)
//
// over all pairs, b_ui being 1 for a tie and 0 for none, and c_ui = 1+α·r_ui with r
// the weight. With one side held, each vector of the other solves a linear system
// (YᵀY + λI + Σ_i (c_ui-1)·y_i·y_iᵀ)·x_u = Σ_i c_ui·y_i, and a few steps of conjugate
// gradients from the last sweep's vector are enough (G. Takács, I. Pilászy, D. Tikk,
// doi:10.1145/2043932.2043987). No step raises the loss.
//
// With f factors (rounded up to 16) and m ties a sweep takes O(m·f + n·f²) time for n
// customers and products. Beside the vectors, 4·f bytes each, it holds the transposed
// graph, and small matrices for every 4,096 vectors.
//
// Vectors are solved for independently of each other, in float32 with sums in a fixed
// order, so the model is the same to the bit for any number of threads and the same
// seed. Those without ties are 0 throughout. A graph without customers, products
// or ties gives a model of zeros.
func Train(ctx context.Context, bought *graph.Graph, o Options) (*Model, error) {
	m, err := train(ctx, bought, o)
	if err != nil {
		return nil, fmt.Errorf("factorise: %w", err)
	}
	return m, nil
}

func (o Options) orDefaults() (Options, error) {
	if o.Factors == 0 {
		o.Factors = 64
	}
	if o.Sweeps == 0 {
		o.Sweeps = 15
	}
	if o.Regularization == 0 {
		o.Regularization = 1
	}
	if o.Confidence == 0 {
		o.Confidence = 1
	}
	if o.Steps == 0 {
		o.Steps = 3
	}
	switch {
	case o.Factors < 0 || o.Factors > 4096:
		return o, fmt.Errorf("%d factors can't be asked for; choose 1 to 4096", o.Factors)
	case o.Sweeps < 0 || o.Steps < 0:
		return o, fmt.Errorf("%d sweeps of %d steps can't be asked for; both must be above 0", o.Sweeps, o.Steps)
	case !(o.Regularization > 0) || math.IsInf(o.Regularization, 1):
		return o, fmt.Errorf("regularization is %v; it must be above 0 and finite", o.Regularization)
	case !(o.Confidence > 0) || math.IsInf(o.Confidence, 1):
		return o, fmt.Errorf("confidence is %v; it must be above 0 and finite", o.Confidence)
	}
	return o, nil
}

func train(ctx context.Context, bought *graph.Graph, o Options) (*Model, error) {
	o, err := o.orDefaults()
	if err != nil {
		return nil, err
	}
	if err := bearable(bought, o.Confidence); err != nil {
		return nil, err
	}
	buyers, err := bought.Transpose(ctx, o.Threads)
	if err != nil {
		return nil, err
	}
	m := &Model{
		Factors: o.Factors, Stride: padded(o.Factors),
		regularization: o.Regularization, confidence: o.Confidence,
	}
	m.Customers = make([]float32, bought.Rows()*m.Stride)
	m.Products = start(buyers, o.Factors, m.Stride, o.Seed)
	t := trainer{Options: o, stride: m.Stride}
	for sweep := range o.Sweeps {
		o.Progress.Report("factorising", int64(sweep), int64(o.Sweeps))
		if err := t.solve(ctx, bought, m.Customers, m.Products); err != nil {
			return nil, err
		}
		if err := t.solve(ctx, buyers, m.Products, m.Customers); err != nil {
			return nil, err
		}
		if o.Losses {
			loss, err := t.loss(ctx, bought, m)
			if err != nil {
				return nil, err
			}
			m.Losses = append(m.Losses, loss)
		}
	}
	o.Progress.Report("factorising", int64(o.Sweeps), int64(o.Sweeps))
	m.gram, err = t.gram(ctx, m.Products)
	return m, err
}

// bearable refuses weights for which float32 is too narrow.
func bearable(g *graph.Graph, confidence float64) error {
	most := float32(1)
	for _, w := range g.Weights {
		most = max(most, w)
	}
	if c := 1 + confidence*float64(most); c > mostConfidence {
		return fmt.Errorf("a tie of weight %g would count %g times; choose a smaller confidence or smaller weights, so that none counts more than %g times", most, c, float64(mostConfidence))
	}
	return nil
}

// start draws small vectors for those that have ties.
func start(g *graph.Graph, factors, stride int, seed uint64) []float32 {
	y := make([]float32, g.Rows()*stride)
	for v := range g.Rows() {
		if g.Degree(uint32(v)) == 0 {
			continue
		}
		r := rand.New(rand.NewPCG(seed, uint64(v)))
		for k := range factors {
			y[v*stride+k] = (r.Float32() - .5) / 10
		}
	}
	return y
}
