package churn

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"kith/influence/internal/sweep"
)

// Part is what one departure contributes to a vertex.
type Part struct {
	Seed   uint32
	Energy float64
}

// Receipt takes the energy of one vertex apart: the parts of all seeds that
// reach it, the largest first and of equal ones the smaller vertex. They add up
// to its energy, but for rounding in the last digits.
//
// A seed's part is what the vertex would have had that seed been the only one,
// after the same number of steps. It is found without spreading from each seed,
// by walking the same steps backwards from the vertex (the adjoint):
//
//	y_v = 1, all others 0;   y'_u = (1-d)·y_u + d·Σ_{u→w} y_w·w_uw/s_u
//
// after which y_s is the part of seed s. O(n+m) time a step and 16 bytes of
// memory per vertex, whatever the number of seeds; the same to the bit for any
// number of threads. e must come from the same Diffusion. A vertex without
// energy has an empty receipt.
func (d *Diffusion) Receipt(ctx context.Context, e *Energy, v uint32) ([]Part, error) {
	if int(v) >= len(e.Of) || len(e.Of) != d.out.Rows() {
		return nil, fmt.Errorf("receipt: vertex %d of energies for %d vertices in a network of %d", v, len(e.Of), d.out.Rows())
	}
	y, next := make([]float64, len(e.Of)), make([]float64, len(e.Of))
	y[v] = 1
	for range e.Iterations {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("receipt: %w", err)
		}
		d.cutOut.Each(d.opt.Threads, func(_ int, from, to uint32) { d.pullBack(from, to, y, next) })
		y, next = next, y
	}
	var parts []Part
	for _, s := range e.Seeds {
		if y[s] > 0 {
			parts = append(parts, Part{s, y[s]})
		}
	}
	slices.SortFunc(parts, func(a, b Part) int {
		return cmp.Or(cmp.Compare(b.Energy, a.Energy), cmp.Compare(a.Seed, b.Seed))
	})
	return parts, nil
}

// pullBack is one backward step of the vertices from..to.
func (d *Diffusion) pullBack(from, to uint32, y, next []float64) {
	offsets, targets, weights := d.out.Offsets, d.out.Targets, d.out.Weights
	keep := 1 - d.opt.Factor
	for u := from; u < to; u++ {
		if d.give[u] == 0 {
			next[u] = y[u]
			continue
		}
		lo, hi := offsets[u], offsets[u+1]
		var sum float64
		if weights == nil {
			sum = sweep.Gather(y, targets[lo:hi])
		} else {
			sum = sweep.GatherWeighted(y, targets[lo:hi], weights[lo:hi])
		}
		next[u] = float64(keep*y[u]) + float64(d.give[u]*sum)
	}
}

// ReceiptOptions bound the receipts of all vertices. The zero value works.
type ReceiptOptions struct {
	// Top is the most parts that a vertex's receipt lists; 0 means 10.
	Top int
	// Least is the smallest flow of energy over a tie that is still followed;
	// what is lost by that goes into the rest. 0 means 0.0001; below 0 every
	// flow is followed.
	Least float64
	// Skip says which vertices need no receipt; nil means all get one.
	Skip []bool
}

// Receipts are the largest parts of many vertices: those of vertex v are
// Offsets[v] up to Offsets[v+1] in Seeds and Parts, the largest first and of
// equal ones the smaller seed. A vertex's parts and its Rest add up to its
// energy; the rest is that of the seeds that aren't listed and of paths too
// faint to follow.
type Receipts struct {
	Offsets []uint64
	Seeds   []uint32
	Parts   []float64
	Rest    []float64
}

// Receipts takes the energy of all vertices apart at once. Energy is spread
// from each seed alone, for the same number of steps, over flows that aren't
// below Least, and each vertex keeps its Top largest parts. No part is larger
// than it is in the full receipt.
//
// A flow of at least Least of a seed's energy can be in at most d/Least arcs
// of a step, so a seed takes at most steps·d/Least operations over them, and
// usually far fewer; a network of mean degree 10 and two steps takes some
// hundred. Memory is 12·Top bytes per vertex, as much again for the result,
// 16 bytes per vertex and goroutine, and 16 bytes per part of a few hundred
// seeds at a time. The result is the same to the bit for any number of threads,
// as the parts of a seed don't depend on other seeds, and the largest are picked
// whatever the order in which they come.
func (d *Diffusion) Receipts(ctx context.Context, e *Energy, opt ReceiptOptions) (*Receipts, error) {
	if opt.Top == 0 {
		opt.Top = 10
	}
	if opt.Least == 0 {
		opt.Least = 1e-4
	}
	n := d.out.Rows()
	switch {
	case opt.Top < 0:
		return nil, fmt.Errorf("receipts: at most %d parts are asked for; it must be 1 or more", opt.Top)
	case opt.Least != opt.Least:
		return nil, fmt.Errorf("receipts: the least flow is not a number")
	case len(e.Of) != n:
		return nil, fmt.Errorf("receipts: there are energies for %d vertices in a network of %d", len(e.Of), n)
	case opt.Skip != nil && len(opt.Skip) != n:
		return nil, fmt.Errorf("receipts: skip names %d vertices in a network of %d", len(opt.Skip), n)
	}
	best := newBest(n, min(opt.Top, len(e.Seeds)))
	heaviest := d.heaviest()
	const batch = 512
	rays := make([]ray, sweep.Workers(d.opt.Threads, batch))
	for first := 0; first < len(e.Seeds); first += batch {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("receipts: %w", err)
		}
		seeds := e.Seeds[first:min(first+batch, len(e.Seeds))]
		sweep.Each(len(rays), len(seeds), func(worker, i int) {
			rays[worker].follow(d, heaviest, seeds[i], e.Iterations, opt)
		})
		sweep.Each(len(rays), len(rays), func(_, i int) {
			from, to := n*i/len(rays), n*(i+1)/len(rays)
			for k := range rays {
				for _, p := range rays[k].found {
					if int(p.vertex) >= from && int(p.vertex) < to {
						best.add(p)
					}
				}
			}
		})
		for k := range rays {
			rays[k].found = rays[k].found[:0]
		}
		d.opt.Progress.Report("receipts", int64(first+len(seeds)), int64(len(e.Seeds)))
	}
	return best.receipts(e.Of, opt.Skip), nil
}

// heaviest is the largest weight of each vertex's out-ties.
func (d *Diffusion) heaviest() []float64 {
	most := make([]float64, d.out.Rows())
	d.cutOut.Each(d.opt.Threads, func(_ int, from, to uint32) {
		for u := from; u < to; u++ {
			most[u] = 1
			if d.out.Weights != nil && d.out.Degree(u) > 0 {
				most[u] = float64(slices.Max(d.out.WeightsOf(u)))
			}
		}
	})
	return most
}

// found is a part of a vertex's energy.
type found struct {
	vertex, seed uint32
	part         float64
}

// ray spreads from one seed after the other.
type ray struct {
	now, next     []float64 // energy by vertex, zero between seeds
	lit, lighting []uint32  // where it isn't zero
	found         []found
}

// follow spreads from one seed and adds what reaches whom to found.
func (r *ray) follow(d *Diffusion, heaviest []float64, seed uint32, steps int, opt ReceiptOptions) {
	if r.now == nil {
		r.now, r.next = make([]float64, len(d.give)), make([]float64, len(d.give))
	}
	r.now[seed] = 1
	r.lit = append(r.lit[:0], seed)
	for range steps {
		r.lighting = r.lighting[:0]
		for _, u := range r.lit {
			e := r.now[u]
			r.now[u] = 0
			gives := e * d.give[u]
			if gives == 0 {
				r.light(u, e)
				continue
			}
			r.light(u, e*(1-d.opt.Factor))
			if gives*heaviest[u] < opt.Least {
				continue
			}
			w := d.out.WeightsOf(u)
			for i, v := range d.out.Neighbours(u) {
				flow := gives
				if w != nil {
					flow *= float64(w[i])
				}
				if flow >= opt.Least {
					r.light(v, flow)
				}
			}
		}
		r.now, r.next = r.next, r.now
		r.lit, r.lighting = r.lighting, r.lit
	}
	for _, v := range r.lit {
		if e := r.now[v]; e > 0 && (opt.Skip == nil || !opt.Skip[v]) {
			r.found = append(r.found, found{v, seed, e})
		}
		r.now[v] = 0
	}
}

// light adds energy to a vertex in the next step.
func (r *ray) light(v uint32, e float64) {
	if e == 0 {
		return
	}
	if r.next[v] == 0 {
		r.lighting = append(r.lighting, v)
	}
	r.next[v] += e
}

// best keeps the largest parts of each vertex, in falling order.
type best struct {
	top   int
	held  []uint32 // how many parts a vertex holds
	seeds []uint32 // top places per vertex
	parts []float64
}

func newBest(n, top int) *best {
	return &best{top: top, held: make([]uint32, n), seeds: make([]uint32, n*top), parts: make([]float64, n*top)}
}

// add puts a part in its place among its vertex's, if it is large enough.
func (b *best) add(p found) {
	base := int(p.vertex) * b.top
	at := base + int(b.held[p.vertex])
	if at == base+b.top {
		if !p.before(b.parts[at-1], b.seeds[at-1]) {
			return
		}
		at--
	} else {
		b.held[p.vertex]++
	}
	for at > base && p.before(b.parts[at-1], b.seeds[at-1]) {
		b.parts[at], b.seeds[at] = b.parts[at-1], b.seeds[at-1]
		at--
	}
	b.parts[at], b.seeds[at] = p.part, p.seed
}

// before says whether p comes before another part in a receipt.
func (p found) before(part float64, seed uint32) bool {
	return p.part > part || (p.part == part && p.seed < seed)
}

// receipts lists what was kept.
func (b *best) receipts(energy []float64, skip []bool) *Receipts {
	r := &Receipts{Offsets: make([]uint64, len(energy)+1), Rest: make([]float64, len(energy))}
	total := 0
	for _, k := range b.held {
		total += int(k)
	}
	r.Seeds, r.Parts = make([]uint32, 0, total), make([]float64, 0, total)
	for v, k := range b.held {
		lo := v * b.top
		hi := lo + int(k)
		r.Seeds = append(r.Seeds, b.seeds[lo:hi]...)
		r.Parts = append(r.Parts, b.parts[lo:hi]...)
		r.Offsets[v+1] = uint64(len(r.Seeds))
		if skip != nil && skip[v] {
			continue
		}
		sum := 0.0
		for _, x := range b.parts[lo:hi] {
			sum += x
		}
		r.Rest[v] = max(energy[v]-sum, 0)
	}
	return r
}
