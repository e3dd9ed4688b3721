package churn

import (
	"context"
	"fmt"
	"math"
	"slices"

	"kith/graph"
	"kith/influence/internal/sweep"
)

// Energy is what spreading activation leaves on each vertex.
type Energy struct {
	// Of is per vertex; it adds up to the number of Seeds.
	Of []float64
	// Iterations is the number of steps taken, Change the most that a vertex
	// changed in the last of them.
	Iterations int
	Change     float64
	// Seeds are the vertices that were given, ascending and each once;
	// Absent those of them that aren't in the network.
	Seeds, Absent []uint32
}

// Spread is NewDiffusion and Diffusion.Spread in one.
func Spread(ctx context.Context, g *graph.Graph, seeds []uint32, opt SpreadOptions) (*Energy, error) {
	d, err := NewDiffusion(ctx, g, opt)
	if err != nil {
		return nil, err
	}
	return d.Spread(ctx, seeds)
}

// Spread lets the energy of departures flow over ties. Seeds start with energy
// 1, all others with 0; in each step every vertex keeps 1-d of its energy and
// sends d of it over its out-ties in proportion to their weights,
//
//	E'_v = (1-d)·E_v + d·Σ_{u→v} E_u·w_uv/s_u,   s_u = Σ_{u→v} w_uv
//
// and one without out-ties keeps all. It ends when no vertex changes by the
// accuracy or more, or after the last iteration allowed. See K. Dasgupta et
// al., doi:10.1145/1353343.1353424; the defaults are those of IBM Diffusion
// Analysis.
//
// The sum of energy stays the number of seeds. For a given number of steps the
// result is linear in the seeds, which Receipt rests on.
//
// Every vertex pulls from those that send to it: O(n+m) time a step, 24 bytes
// of memory per vertex. Sums have a fixed order, so the energies are the same
// to the bit for any number of threads and any order of the seeds.
//
// An empty graph has no energies, and all seeds are absent. An isolated seed
// keeps all. Energy never leaves a connected part. A loop is an out-tie that
// leads back. A vertex whose ties all weigh nothing keeps all.
func (d *Diffusion) Spread(ctx context.Context, seeds []uint32) (*Energy, error) {
	e := &Energy{Of: make([]float64, d.in.Rows())}
	sorted := slices.Compact(slices.Sorted(slices.Values(seeds)))
	in, _ := slices.BinarySearch(sorted, uint32(len(e.Of)))
	e.Seeds, e.Absent = sorted[:in:in], sorted[in:]
	for _, s := range e.Seeds {
		e.Of[s] = 1
	}
	var err error
	e.Iterations, e.Change, err = d.run(ctx, e.Of, d.opt.Iterations, d.opt.Accuracy)
	if err != nil {
		return nil, fmt.Errorf("spread: %w", err)
	}
	return e, nil
}

// run moves the energies by at most so many steps, in place, and stops after
// the one in which every change is below the accuracy.
func (d *Diffusion) run(ctx context.Context, energy []float64, most int, accuracy float64) (steps int, change float64, err error) {
	if len(energy) == 0 {
		return 0, 0, ctx.Err()
	}
	gives, next := make([]float64, len(energy)), make([]float64, len(energy))
	for v, e := range energy {
		gives[v] = e * d.give[v]
	}
	changes := make([]float64, d.cutIn.Blocks())
	for steps < most {
		if err := ctx.Err(); err != nil {
			return steps, change, err
		}
		d.cutIn.Each(d.opt.Threads, func(b int, from, to uint32) {
			changes[b] = d.pull(from, to, energy, gives, next)
		})
		gives, next = next, gives
		steps++
		change = sweep.Max(changes)
		d.opt.Progress.Report("diffusion", int64(steps), int64(most))
		if change < accuracy {
			break
		}
	}
	return steps, change, nil
}

// pull moves the vertices from..to by one step and returns the largest change.
func (d *Diffusion) pull(from, to uint32, energy, gives, next []float64) (change float64) {
	offsets, targets, weights := d.in.Offsets, d.in.Targets, d.in.Weights
	keep := 1 - d.opt.Factor
	for v := from; v < to; v++ {
		lo, hi := offsets[v], offsets[v+1]
		before := energy[v]
		x := before
		if d.give[v] > 0 {
			x = float64(before * keep)
		}
		if weights == nil {
			x += sweep.Gather(gives, targets[lo:hi])
		} else {
			x += sweep.GatherWeighted(gives, targets[lo:hi], weights[lo:hi])
		}
		change = max(change, math.Abs(x-before))
		energy[v] = x
		next[v] = x * d.give[v]
	}
	return change
}
