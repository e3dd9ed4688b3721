package churn

import (
	"context"
	"fmt"
	"math"
	"slices"

	"kith/influence/internal/sweep"
)

// SpreadAll is Spread from many sets of seeds, eight side by side: one look at a
// tie serves eight sets. each is called for the sets in their order, with energies
// that are only valid during the call; an error of it ends the work.
//
// Every set stops after the step in which none of its own changes reaches the
// accuracy. What it gets does not depend on the sets beside it, on their order or on
// the number of threads, to the bit, and is what Spread gives but for rounding.
//
// O(n+m) time a step and eight sets; memory is 192 bytes per vertex and 64 for the
// results.
func (d *Diffusion) SpreadAll(ctx context.Context, sets [][]uint32, each func(set int, e *Energy) error) error {
	n := d.in.Rows()
	energy, gives, next := make([]sweep.Lane, n), make([]sweep.Lane, n), make([]sweep.Lane, n)
	changes := make([]sweep.Lane, d.cutIn.Blocks())
	var results [sweep.Lanes]Energy
	for l := range min(len(sets), sweep.Lanes) {
		results[l].Of = make([]float64, n)
	}
	for first := 0; first < len(sets); first += sweep.Lanes {
		d.opt.Progress.Report("diffusion", int64(first), int64(len(sets)))
		clear(energy)
		clear(gives)
		some := sets[first:min(first+sweep.Lanes, len(sets))]
		for l, seeds := range some {
			sorted := slices.Compact(slices.Sorted(slices.Values(seeds)))
			in, _ := slices.BinarySearch(sorted, uint32(n))
			results[l] = Energy{Of: results[l].Of, Seeds: sorted[:in:in], Absent: sorted[in:]}
			for _, s := range sorted[:in] {
				energy[s][l] = 1
				gives[s][l] = d.give[s]
			}
		}
		for step, left := 1, len(some); left > 0 && n > 0; step++ {
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("spread: %w", err)
			}
			d.cutIn.Each(d.opt.Threads, func(b int, from, to uint32) {
				d.pullLanes(&changes[b], from, to, energy, gives, next)
			})
			gives, next = next, gives
			change := sweep.MaxLanes(changes)
			for l := range some {
				e := &results[l]
				if e.Iterations > 0 || change[l] >= d.opt.Accuracy && step < d.opt.Iterations {
					continue
				}
				e.Iterations, e.Change = step, change[l]
				for v := range energy {
					e.Of[v] = energy[v][l]
				}
				left--
			}
		}
		for l := range some {
			if err := each(first+l, &results[l]); err != nil {
				return err
			}
		}
	}
	d.opt.Progress.Report("diffusion", int64(len(sets)), int64(len(sets)))
	return ctx.Err()
}

// pullLanes moves the vertices from..to by one step and notes the largest change.
func (d *Diffusion) pullLanes(change *sweep.Lane, from, to uint32, energy, gives, next []sweep.Lane) {
	offsets, targets, weights := d.in.Offsets, d.in.Targets, d.in.Weights
	keep := 1 - d.opt.Factor
	var most, x sweep.Lane
	for v := from; v < to; v++ {
		lo, hi := offsets[v], offsets[v+1]
		if weights == nil {
			sweep.GatherLanes(&x, gives, targets[lo:hi])
		} else {
			sweep.GatherLanesWeighted(&x, gives, targets[lo:hi], weights[lo:hi])
		}
		share, stays := d.give[v], keep
		if share == 0 {
			stays = 1
		}
		before := &energy[v]
		for l, y := range before {
			z := x[l] + float64(y*stays)
			most[l] = max(most[l], math.Abs(z-y))
			before[l] = z
			next[v][l] = z * share
		}
	}
	*change = most
}
