package churn

import (
	"context"
	"fmt"
	"math"

	"kith/graph"
	"kith/influence/internal/sweep"
)

// RiskOptions say how departures turn into risks. The zero value works.
type RiskOptions struct {
	// Spread says how energy flows. Nil means two steps, over ties in either
	// direction, all ties alike (ours): far fewer steps than Spread takes by
	// itself, as with each of them the energy tells less of where it came
	// from; and undirected, equal ties, as arXiv:2001.06700 finds best on
	// call records. Threads and Progress in it are used for everything.
	Spread *SpreadOptions
	// Base is the share of customers that is expected to leave, in [0,1); 0
	// means the share of vertices that have departed.
	Base float64
	// Gone lists others who have left, from whom nothing spreads, such as
	// those of long ago. They aren't scored either.
	Gone []uint32
	// Top is the most parts in a receipt; 0 means 10. Least is the smallest
	// flow that receipts follow, as in ReceiptOptions.
	Top   int
	Least float64
}

// Risks are the risks of all vertices, each with its receipt:
//
//	Risk[v] = Own[v] + Σ Parts[Offsets[v]:Offsets[v+1]] + Rest[v]
//
// to the bit, in any order of adding, as all of them are multiples of 2^-32.
type Risks struct {
	// Risk is in [0,1), and 0 for those who are Gone: they aren't scored.
	Risk []float64
	Gone []bool
	// Own is the part that the vertex has by itself, without departures near.
	Own []float64
	// Seeds and Parts are the departures that contribute most, the largest
	// first, and what each contributes. Rest is what all others contribute.
	Offsets []uint64
	Seeds   []uint32
	Parts   []float64
	Rest    []float64
	// Energy is what departures spread, Chance what they would have spread
	// to each vertex on average, shuffled among vertices of like degree.
	Energy *Energy
	Chance []float64
	// Base is the mean of Risk over those who are scored. Prior is the
	// energy that stands for a vertex's own part; it is 0, and Risk equal
	// to Base, when no energy reaches anybody who is scored.
	Base, Prior float64
}

// quantum is what risks and their parts are multiples of: fine enough not to be
// seen, coarse enough that sums of them are exact in float64.
const quantum = 1.0 / (1 << 32)

func floor(x float64) float64 { return math.Floor(x/quantum) * quantum }

// Risk is how likely each customer is to leave, by who among those near has
// left. Raw energy follows degree, so it is set against chance (ours): with E_v
// the energy of the departures, N_v what v would have on average if the same
// departures were shuffled among vertices of like degree, v itself left out,
// and κ the mean of E over those who are scored,
//
//	odds_v = c·(E_v + κ)/(N_v + κ),   risk_v = odds_v/(1 + odds_v)
//
// where c is such that the mean risk is the base rate. So a customer round whom
// as many have left as chance would have it is at the base rate, whatever the
// degree; κ draws those of whom little is known there; and risks never reach 1.
// No shuffles are drawn: energy is linear in the seeds, so N is the energy of
// the mean seed, each vertex starting with the share of departures among those
// of its degree (arcs in and out of the same number of binary digits, at least
// 30 vertices together). What would come back to v of its own energy over the
// same tie is taken off; that is all of it for two steps, and most for more.
//
// As energy is a sum over seeds, so is risk: seed s has part
// risk_v·E_sv/(E_v+κ), and the own part is risk_v·κ/(E_v+κ).
//
// It takes two spreads and one pass of Receipts; times and memory are theirs,
// and 48 bytes per vertex. The result is the same to the bit for any number of
// threads and order of departures. Without departures, or where they reach
// nobody, all risks are the base rate, and own. An isolated vertex has
// c/(1+c), about the base rate. Who has departed or is Gone has risk 0 and no
// receipt.
func Risk(ctx context.Context, g *graph.Graph, departures []uint32, opt RiskOptions) (*Risks, error) {
	if opt.Spread == nil {
		opt.Spread = &SpreadOptions{Iterations: 2, Accuracy: leastAccuracy, Direction: Both, Weighting: Binary}
	}
	if !(opt.Base >= 0 && opt.Base < 1) {
		return nil, fmt.Errorf("risk: the base rate is %v; it must be at least 0 and below 1", opt.Base)
	}
	d, err := NewDiffusion(ctx, g, *opt.Spread)
	if err != nil {
		return nil, fmt.Errorf("risk: %w", err)
	}
	return d.Risk(ctx, departures, opt)
}

// Risk is Risk on a network that is ready. opt.Spread has no influence.
func (d *Diffusion) Risk(ctx context.Context, departures []uint32, opt RiskOptions) (*Risks, error) {
	e, err := d.Spread(ctx, departures)
	if err != nil {
		return nil, fmt.Errorf("risk: %w", err)
	}
	n := len(e.Of)
	r := &Risks{Risk: make([]float64, n), Gone: make([]bool, n), Own: make([]float64, n), Energy: e, Base: opt.Base}
	for _, list := range [][]uint32{e.Seeds, opt.Gone} {
		for _, v := range list {
			if int(v) < n {
				r.Gone[v] = true
			}
		}
	}
	if r.Base == 0 && n > 0 {
		r.Base = float64(len(e.Seeds)) / float64(n)
	}
	if r.Chance, err = d.chance(ctx, e); err != nil {
		return nil, fmt.Errorf("risk: %w", err)
	}
	receipts, err := d.Receipts(ctx, e, ReceiptOptions{Top: opt.Top, Least: opt.Least, Skip: r.Gone})
	if err != nil {
		return nil, fmt.Errorf("risk: %w", err)
	}
	r.Offsets, r.Seeds, r.Parts, r.Rest = receipts.Offsets, receipts.Seeds, receipts.Parts, receipts.Rest
	r.Prior = d.meanOf(e.Of, r.Gone)
	c := d.level(r)
	d.cutIn.Each(d.opt.Threads, func(_ int, from, to uint32) {
		for v := from; v < to; v++ {
			r.settle(v, c)
		}
	})
	return r, nil
}

// odds are those of v before they are brought to the base rate.
func (r *Risks) odds(v uint32) float64 {
	if r.Prior == 0 {
		return 1
	}
	return (r.Energy.Of[v] + r.Prior) / (r.Chance[v] + r.Prior)
}

// settle gives v its risk, and shares it out over the lines of its receipt, which
// hold energies so far.
func (r *Risks) settle(v uint32, c float64) {
	parts := r.Parts[r.Offsets[v]:r.Offsets[v+1]]
	r.Rest[v] = 0
	if r.Gone[v] {
		return
	}
	odds := c * r.odds(v)
	risk := odds / (1 + odds)
	r.Risk[v] = floor(risk)
	if r.Prior == 0 {
		r.Own[v] = r.Risk[v]
		return
	}
	per := risk / (r.Energy.Of[v] + r.Prior)
	r.Own[v] = min(floor(per*r.Prior), r.Risk[v])
	left := r.Risk[v] - r.Own[v]
	for i := range parts {
		parts[i] = min(floor(per*parts[i]), left)
		left -= parts[i]
	}
	r.Rest[v] = left
}

// level finds the factor of odds that makes the mean risk the base rate, by
// halving the range that it must lie in.
func (d *Diffusion) level(r *Risks) float64 {
	scored := 0
	for _, gone := range r.Gone {
		if !gone {
			scored++
		}
	}
	if scored == 0 || r.Base == 0 {
		return 0
	}
	base := r.Base / (1 - r.Base)
	least, most := math.Inf(1), 0.0
	for v, gone := range r.Gone {
		if !gone {
			least, most = min(least, r.odds(uint32(v))), max(most, r.odds(uint32(v)))
		}
	}
	// With odds between least and most, the mean risk is on the one side of
	// the base rate for base/most, and on the other for base/least.
	low, high := base/most, base/least
	sums := make([]float64, d.cutIn.Blocks())
	for range 60 {
		c := math.Sqrt(low) * math.Sqrt(high)
		d.cutIn.Each(d.opt.Threads, func(b int, from, to uint32) {
			sums[b] = 0
			for v := from; v < to; v++ {
				if !r.Gone[v] {
					x := c * r.odds(v)
					sums[b] += x / (1 + x)
				}
			}
		})
		if sweep.Sum(sums) < r.Base*float64(scored) {
			low = c
		} else {
			high = c
		}
		if high <= low*(1+1e-12) {
			break
		}
	}
	return high
}

// meanOf is the mean over those who aren't gone.
func (d *Diffusion) meanOf(x []float64, gone []bool) float64 {
	sums, counts := make([]float64, d.cutIn.Blocks()), make([]float64, d.cutIn.Blocks())
	d.cutIn.Each(d.opt.Threads, func(b int, from, to uint32) {
		for v := from; v < to; v++ {
			if !gone[v] {
				sums[b] += x[v]
				counts[b]++
			}
		}
	})
	if n := sweep.Sum(counts); n > 0 {
		return sweep.Sum(sums) / n
	}
	return 0
}
