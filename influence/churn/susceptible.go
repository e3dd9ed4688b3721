package churn

import (
	"context"
	"fmt"

	"kith/influence/internal/sweep"
)

// Susceptible is the share of each vertex's expected activation that comes from
// ties and not from itself: everybody starts with its own risk, or all alike
// when own is nil, and one step is taken,
//
//	t_v/(t_v + k_v·own_v),   t_v = d·Σ_{u→v} own_u·w_uv/s_u
//
// where k_v = 1-d is what v keeps, or 1 when it has no out-ties. Each tie thus
// counts with how exposed its other end is, times the strength that the tie has
// for that end. 0 is nobody's to be moved by; near 1 is everybody's.
//
// O(n+m) time, 16 bytes of memory per vertex, the same to the bit for any number
// of threads. A vertex without in-ties has 0, and so has one where nothing is
// expected to happen. With a factor of 1 those who pass everything on have 1.
func (d *Diffusion) Susceptible(ctx context.Context, own []float64) ([]float64, error) {
	n := d.in.Rows()
	if own != nil && len(own) != n {
		return nil, fmt.Errorf("susceptible: there are own risks of %d vertices in a network of %d", len(own), n)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("susceptible: %w", err)
	}
	gives, share := make([]float64, n), make([]float64, n)
	for v := range gives {
		x := 1.0
		if own != nil {
			x = own[v]
		}
		if !(x >= 0 && x <= 1) {
			return nil, fmt.Errorf("susceptible: the own risk of vertex %d is %v; it must lie in 0..1", v, x)
		}
		share[v] = x
		gives[v] = x * d.give[v]
	}
	d.cutIn.Each(d.opt.Threads, func(_ int, from, to uint32) {
		for v := from; v < to; v++ {
			var ties float64
			if w := d.in.WeightsOf(v); w == nil {
				ties = sweep.Gather(gives, d.in.Neighbours(v))
			} else {
				ties = sweep.GatherWeighted(gives, d.in.Neighbours(v), w)
			}
			keep := share[v]
			if d.give[v] > 0 {
				keep *= 1 - d.opt.Factor
			}
			share[v] = 0
			if ties > 0 {
				share[v] = ties / (ties + keep)
			}
		}
	})
	return share, nil
}
