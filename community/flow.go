package community

import (
	"math"
	"slices"

	"kith/graph"
)

// flows is what the map equation needs besides masses, which are shares of all
// flow here. Other than modularity it looks at how much flow leaves a
// community, and at the sum of that over all communities. Values are in shares
// of all flow, codelengths in nats.
type flows struct {
	// out is the flow of each vertex of the level along its ties to others,
	// away the part of it that leaves its community.
	out, away []float64
	// By community, what leaves it, and its part of the codelength.
	exit, code []float64
	leaving    float64 // the sum of exit
	index      float64 // what the sum makes of the codelength
	alone      float64 // the sum of out, what leaves when all stand alone
}

func newFlows(n int) *flows {
	return &flows{out: make([]float64, n), away: make([]float64, n), exit: make([]float64, n), code: make([]float64, n)}
}

// takeStock sums up what leaves the vertices and the communities of a level.
func (f *flows) takeStock(s *search, lv *level) {
	n := lv.n
	s.eachVertex(n, func(from, to int) {
		for v := from; v < to; v++ {
			ts, ws := lv.arcs(uint32(v))
			c := s.comm[v]
			out, away := 0.0, 0.0
			for i, t := range ts {
				if t == uint32(v) {
					continue
				}
				w := 1.0
				if ws != nil {
					w = float64(ws[i])
				}
				out += w
				if s.comm[t] != c {
					away += w
				}
			}
			f.out[v], f.away[v] = out*lv.rate, away*lv.rate
		}
	})
	clear(f.exit[:n])
	f.alone, f.leaving = 0, 0
	for v, c := range s.comm[:n] {
		f.exit[c] += f.away[v]
		f.alone += f.out[v]
	}
	for c, x := range f.exit[:n] {
		f.leaving += x
		f.code[c] = module(x, s.total[c])
	}
	f.index = xlogx(f.leaving)
}

// departure is what leaving its community means for a vertex.
type departure struct {
	out, mass float64
	exit      float64 // what leaves the community afterwards
	code      float64 // its part of the codelength afterwards
	drop      float64 // by how much less leaves it
	change    float64 // of the codelength, but for what all communities share
}

// depart looks at v leaving its community, to which its ties weigh own.
func (s *search) depart(lv *level, v uint32, own float64) departure {
	f, c := s.flow, s.comm[v]
	d := departure{out: f.out[v], mass: lv.mass[v]}
	total := 0.0
	if s.size[c] > 1 {
		d.exit = max(0, f.exit[c]-d.out+float64(2*lv.rate*own))
		total = max(0, s.total[c]-d.mass)
	}
	d.drop = f.exit[c] - d.exit
	d.code = module(d.exit, total)
	d.change = d.code - f.code[c]
	return d
}

// module is the part of the codelength that one community makes.
func module(exit, total float64) float64 { return xlogx(exit+total) - float64(2*xlogx(exit)) }

// arrive is the change of the codelength when the departed vertex joins c, to
// which its ties weigh aim, or an empty community.
func (s *search) arrive(lv *level, d *departure, c uint32, aim float64) float64 {
	f := s.flow
	exit, total, code := 0.0, 0.0, 0.0
	if c != vacantTarget {
		exit, total, code = f.exit[c], s.total[c], f.code[c]
	}
	after := max(0, exit+d.out-float64(2*lv.rate*aim))
	return d.change + (module(after, total+d.mass) - code) + (xlogx(f.leaving-d.drop+(after-exit)) - f.index)
}

// flowChooser finds the community whose joining shortens the codelength most.
type flowChooser struct {
	proposal
	departure
	best float64
}

// leastChange is what a codelength must change by to be more than rounding.
const leastChange = 1e-13

func (s *search) flowChooser(w *scratch, lv *level, v uint32) flowChooser {
	own := s.comm[v]
	stay := w.acc[own]
	w.acc[own] = 0
	c := flowChooser{proposal{to: own, own: stay, aim: stay}, s.depart(lv, v, stay), -leastChange}
	if s.size[own] > 1 {
		if change := s.arrive(lv, &c.departure, vacantTarget, 0); change < c.best {
			c.to, c.aim, c.best = vacantTarget, 0, change
		}
	}
	return c
}

// choose looks at the communities with the labels and makes their sums zero.
func (c *flowChooser) choose(s *search, lv *level, acc []float64, labels []uint32) {
	hidden := uint32(s.base.n)
	for _, l := range labels {
		aim := acc[l]
		acc[l] = 0
		if aim == 0 || l == hidden {
			continue
		}
		if change := s.arrive(lv, &c.departure, l, aim); change < c.best {
			c.to, c.aim, c.best = l, aim, change
		}
	}
}

// shortens says whether p shortens the codelength in the present state, and counts
// that as gained.
func (s *search) shortens(lv *level, v uint32, p proposal) bool {
	d := s.depart(lv, v, p.own)
	change := s.arrive(lv, &d, p.to, p.aim)
	if change >= -leastChange {
		return false
	}
	s.gain -= change
	return true
}

// flowMoves notes what a move from one community to another does to the flow
// that leaves them. The weights of p must be exact.
func (s *search) flowMoves(lv *level, v uint32, p proposal) {
	f, own := s.flow, s.comm[v]
	d := s.depart(lv, v, p.own)
	after := max(0, f.exit[p.to]+d.out-float64(2*lv.rate*p.aim))
	f.leaving = max(0, f.leaving-d.drop+(after-f.exit[p.to]))
	f.index = xlogx(f.leaving)
	f.exit[own], f.code[own] = d.exit, d.code
	f.exit[p.to], f.code[p.to] = after, module(after, s.total[p.to]+d.mass)
}

// joinByFlow is the part that a vertex which stands alone as a part joins in a
// refinement, or that part itself. The sum over all parts, which depends on
// every community, stands at its value when each vertex is alone, with its slope
// there, so that communities stay independent of each other (ours).
func (s *search) joinByFlow(w *scratch, lv *level, v, alone uint32, keys []uint32, mass []float64) uint32 {
	f := s.flow
	slope := math.Log(max(f.alone, math.SmallestNonzeroFloat64)) + 1
	out, m := f.out[v], lv.mass[v]
	mine := f.code[alone]
	best, least, exit, code := alone, -leastChange, out, mine
	for _, p := range keys {
		a := w.acc[p]
		w.acc[p] = 0
		if a == 0 {
			continue
		}
		after := max(0, f.exit[p]+out-float64(2*lv.rate*a))
		joined := module(after, mass[p]+m)
		if change := joined - f.code[p] - mine + float64(slope*(after-f.exit[p]-out)); change < least {
			best, least, exit, code = p, change, after, joined
		}
	}
	f.exit[best], f.code[best] = exit, code
	return best
}

// tryComponents makes the components of the graph the communities if that
// shortens the codelength.
func (s *search) tryComponents(g *graph.Graph, resolution float64) (bool, error) {
	found := canonical(slices.Clone(s.comm), s.base.n)
	parts := canonical(pieces(&s.base, make([]uint32, s.base.n)), s.base.n)
	bits, err := Codelength(g, found, resolution)
	if err != nil {
		return false, err
	}
	bitsOfParts, err := Codelength(g, parts, resolution)
	if err != nil || bitsOfParts >= bits-leastChange {
		return false, err
	}
	copy(s.comm, parts.Of)
	return true, nil
}
