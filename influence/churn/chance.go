package churn

import (
	"context"
	"math"
	"math/bits"
)

// leastBin is the least number of vertices among which a vertex's degree is
// usual.
const leastBin = 30

// chance is the energy that each vertex would have on average, had every other
// vertex departed with the chance that is usual for its degree.
//
// As energy is linear in the seeds, the mean over all ways to shuffle the seeds
// among vertices of like degree is the energy that flows from the mean seed: a
// vertex starts with the share of departures among those of its degree. So one
// spread gives the mean that drawing shuffles would only approach. What a vertex
// would have from departing itself is then taken off, as it hasn't.
func (d *Diffusion) chance(ctx context.Context, e *Energy) ([]float64, error) {
	share := d.seedShare(e.Seeds)
	n := append([]float64(nil), share...)
	if _, _, err := d.run(ctx, n, e.Iterations, -1); err != nil {
		return nil, err
	}
	d.cutOut.Each(d.opt.Threads, func(_ int, from, to uint32) {
		for v := from; v < to; v++ {
			n[v] = max(n[v]-d.returns(v, e.Iterations)*share[v], 0)
		}
	})
	return n, nil
}

// seedShare is the share of seeds among the vertices of like degree. Degrees
// (arcs in and out) are alike when they have the same number of binary digits;
// from the top, bins are joined until they hold leastBin vertices.
func (d *Diffusion) seedShare(seeds []uint32) []float64 {
	n := d.out.Rows()
	digits := func(v uint32) int {
		k := d.out.Degree(v)
		if d.in != d.out {
			k += d.in.Degree(v)
		}
		return bits.Len(uint(k))
	}
	var size, left [65]int
	for v := range uint32(n) {
		size[digits(v)]++
	}
	for _, s := range seeds {
		left[digits(s)]++
	}
	// A bin runs from some number of digits down to another; the last one
	// takes what is too little for a bin of its own.
	var share [65]float64
	for high := len(size) - 1; high >= 0; {
		low, vertices, gone := high, 0, 0
		for ; low >= 0; low-- {
			vertices, gone = vertices+size[low], gone+left[low]
			rest := 0
			for k := range low {
				rest += size[k]
			}
			if vertices >= leastBin && (rest >= leastBin || rest == 0) {
				break
			}
		}
		for k := max(low, 0); k <= high && vertices > 0; k++ {
			share[k] = float64(gone) / float64(vertices)
		}
		high = low - 1
	}
	of := make([]float64, n)
	for v := range uint32(n) {
		of[v] = share[digits(v)]
	}
	return of
}

// returns is the share of a vertex's own energy that it holds after so many
// steps, counting what stays and what comes back over the same tie, again and
// again. That is all of it for two steps, and a lower bound for more, as energy
// that comes back round a triangle is left out: with r the chance that two
// steps over ties lead back,
//
//	((1-d+d√r)^k + (1-d-d√r)^k)/2
func (d *Diffusion) returns(v uint32, steps int) float64 {
	if d.give[v] == 0 {
		return 1
	}
	back := 0.0
	a, b := d.out.Neighbours(v), d.in.Neighbours(v)
	wa, wb := d.out.WeightsOf(v), d.in.WeightsOf(v)
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case b[j] < a[i]:
			j++
		default:
			p := d.give[v] * d.give[a[i]]
			if wa != nil {
				p *= float64(wa[i]) * float64(wb[j])
			}
			back += p
			i, j = i+1, j+1
		}
	}
	stay, go2 := 1-d.opt.Factor, math.Sqrt(back)
	return (power(stay+go2, steps) + power(stay-go2, steps)) / 2
}

// power is x to a whole number, by squaring.
func power(x float64, k int) float64 {
	y := 1.0
	for ; k > 0; k >>= 1 {
		if k&1 == 1 {
			y *= x
		}
		x *= x
	}
	return y
}
