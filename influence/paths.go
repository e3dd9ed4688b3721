package influence

import (
	"kith/graph"
	"kith/influence/internal/sweep"
)

// pullGain is how many arcs can be looked along from the far end, adding up what
// is found, in the time that one takes from the near end, asking of each vertex
// how far it is (ours, measured).
const pullGain = 3

// A level with more than manyPaths shortest paths to one vertex is scaled down
// by fewerPaths on the way to the next, and no vertex counts for less than
// leastPaths, so that numbers of paths stay within the range of a float64.
const (
	manyPaths  = 0x1p500
	fewerPaths = 0x1p-500
	leastPaths = 0x1p-900
)

// paths counts the shortest paths from one vertex after another for one worker,
// every arc being 1 long, and adds up what share of them passes each vertex.
type paths struct {
	out, in *graph.Graph
	within  *parts
	passed  []float64
	level   []uint32 // None where the search has not come yet
	// count is the number of shortest paths to a vertex of the search, and
	// once a vertex has been accounted for, the share of dependency that it
	// passes on to each of those paths: (1+δ)/count.
	count []float64
	// near holds counts or shares of one level, and 0 elsewhere.
	near  []float64
	order []uint32 // in which the search came to vertices
	rest  []uint32 // vertices that it has not come to
	rings []ring
}

// ring is one level of a search.
type ring struct {
	from, to     int     // order[from:to]
	leave, enter uint64  // arcs of its vertices
	scale        float64 // counts are multiplied by this on the way to the next
}

func newPaths(out, in *graph.Graph, within *parts) *paths {
	n := out.Rows()
	p := &paths{
		out: out, in: in, within: within,
		passed: make([]float64, n), count: make([]float64, n), near: make([]float64, n),
		level: make([]uint32, n), order: make([]uint32, 0, n),
	}
	for v := range p.level {
		p.level[v] = None
	}
	return p
}

// from counts the shortest paths from s and accounts for them.
func (p *paths) from(s uint32) error {
	p.search(s)
	for d := len(p.rings) - 2; d > 0; d-- {
		p.account(d)
	}
	for _, v := range p.order {
		p.level[v] = None
	}
	return nil
}

func (p *paths) through() []float64 { return p.passed }

// search finds the levels and counts the paths.
func (p *paths) search(s uint32) {
	p.order, p.rings, p.rest = append(p.order[:0], s), p.rings[:0], p.rest[:0]
	p.level[s], p.count[s] = 0, 1
	mine := p.within.of[s]
	total := len(p.within.in(mine))
	unseen := p.within.arcs[mine]
	listed := false
	for d := uint32(0); ; d++ {
		r := p.ring(d)
		if r.from == r.to {
			break
		}
		p.rings = append(p.rings, r)
		unseen -= r.enter
		if unseen == 0 || r.to == total {
			break
		}
		if unseen < pullGain*r.leave {
			if !listed {
				p.listRest(mine)
				listed = true
			}
			p.pull(r, d)
		} else {
			p.push(r, d)
		}
	}
}

// ring sums up level d, which ends where order does.
func (p *paths) ring(d uint32) ring {
	r := ring{to: len(p.order), scale: 1}
	if d > 0 {
		r.from = p.rings[d-1].to
	}
	most := 0.0
	for _, v := range p.order[r.from:] {
		r.leave += p.out.Offsets[v+1] - p.out.Offsets[v]
		r.enter += p.in.Offsets[v+1] - p.in.Offsets[v]
		most = max(most, p.count[v])
	}
	if most > manyPaths {
		r.scale = fewerPaths
	}
	return r
}

// onward is what a vertex counts for on the way to the next level.
func (p *paths) onward(r ring, v uint32) float64 {
	if r.scale == 1 {
		return p.count[v]
	}
	return max(p.count[v]*r.scale, leastPaths)
}

// push finds level d+1 along the arcs that leave level d.
func (p *paths) push(r ring, d uint32) {
	for i := r.from; i < r.to; i++ {
		v := p.order[i]
		c := p.onward(r, v)
		for _, w := range p.out.Neighbours(v) {
			switch p.level[w] {
			case None:
				p.level[w] = d + 1
				p.count[w] = c
				p.order = append(p.order, w)
			case d + 1:
				p.count[w] += c
			}
		}
	}
}

// listRest lists the vertices of a part that the search has not come to.
func (p *paths) listRest(part uint32) {
	for _, v := range p.within.in(part) {
		if p.level[v] == None {
			p.rest = append(p.rest, v)
		}
	}
}

// pull finds level d+1 along the arcs that enter the rest.
func (p *paths) pull(r ring, d uint32) {
	for _, v := range p.order[r.from:r.to] {
		p.near[v] = p.onward(r, v)
	}
	kept := p.rest[:0]
	for _, w := range p.rest {
		if p.level[w] != None {
			continue // found by pushing in between
		}
		c := sweep.Gather(p.near, p.in.Neighbours(w))
		if c == 0 {
			kept = append(kept, w)
			continue
		}
		p.level[w], p.count[w] = d+1, c
		p.order = append(p.order, w)
	}
	p.rest = kept
	p.forget(r)
}

// forget clears what near holds of a level.
func (p *paths) forget(r ring) {
	for _, v := range p.order[r.from:r.to] {
		p.near[v] = 0
	}
}

// account works out the dependency of level d on that of level d+1, and adds it
// to what has passed its vertices.
func (p *paths) account(d int) {
	own, next := p.rings[d], p.rings[d+1]
	if d+2 == len(p.rings) {
		for _, v := range p.order[next.from:next.to] {
			p.count[v] = 1 / p.count[v]
		}
	}
	if own.leave < pullGain*next.enter {
		for _, v := range p.order[next.from:next.to] {
			p.near[v] = p.count[v]
		}
		for _, w := range p.order[own.from:own.to] {
			p.pass(own, w, sweep.Gather(p.near, p.out.Neighbours(w)))
		}
		p.forget(next)
		return
	}
	for _, v := range p.order[next.from:next.to] {
		share := p.count[v]
		for _, w := range p.in.Neighbours(v) {
			if p.level[w] == uint32(d) {
				p.near[w] += share
			}
		}
	}
	for _, w := range p.order[own.from:own.to] {
		p.pass(own, w, p.near[w])
		p.near[w] = 0
	}
}

// pass accounts for w, the paths from which onward have these shares in all.
func (p *paths) pass(r ring, w uint32, shares float64) {
	depend := p.onward(r, w) * shares
	p.passed[w] += depend
	p.count[w] = (1 + depend) / p.count[w]
}
