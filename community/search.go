package community

import (
	"context"
	"errors"
	"fmt"
	"math"

	"kith/graph"
)

// level is the graph of one depth of a search: the given one, or one whose
// vertices are groups. Loops of groups are left out, as they move along.
type level struct {
	n       int
	offsets []uint64
	targets []uint32
	weights []float32 // nil when every arc weighs 1
	// mass is what a vertex adds to the price of its community: its strength
	// for modularity, the number of its members for CPM, and its share of all
	// strength for the map equation.
	mass []float64
	// rate is the price of two masses in one community: γ/2m, or γ. For the
	// map equation it is the flow of a weight, 1/(2m·γ).
	rate  float64
	loops bool
}

func (lv *level) arcs(v uint32) (ts []uint32, ws []float32) {
	from, to := lv.offsets[v], lv.offsets[v+1]
	if lv.weights != nil {
		ws = lv.weights[from:to:to]
	}
	return lv.targets[from:to:to], ws
}

// search is the memory of one run of Leiden or Louvain. Every slice is
// allocated once, for the given graph, and serves the smaller levels too.
type search struct {
	crew  *crew
	seed  uint64
	base  level
	scale float64 // power of two on the weights of groups, against overflow

	comm  []uint32 // community of each vertex of the level, below its n
	other []uint32 // the next level's comm while that is being made

	// While vertices move: by community, its mass, size and the numbers of
	// the last window in which it lost or gained a member.
	total        []float64
	flow         *flows // for the map equation only
	size         []uint32
	lost, gained []uint32
	vacant       uint32  // where the search for an empty community starts
	gain         float64 // of the present move so far
	// The queue of vertices to visit is a ring: waiting ones from head on.
	queue               []uint32
	queued              []bool
	ring, head, waiting int
	// One window: its vertices, where they want to go, and the neighbours
	// that each part of it calls.
	window    []uint32
	proposals []proposal
	calls     [blocksPerWindow][]uint32

	part  *partial // for an update only
	large int      // arcs of a level whose move may end early
	hasty bool     // whether the first move of the first iteration may end early

	depths  []depth
	depth   int   // how many of depths are in use
	top     level // where the last iteration ended, and with which communities
	topComm []uint32

	arena   arena
	scratch []scratch
}

func newSearch(ctx context.Context, g *graph.Graph, o Options) (*search, error) {
	if err := checkUndirected(g); err != nil {
		return nil, err
	}
	gamma := o.Resolution
	if gamma == 0 {
		gamma = 1
	}
	if !(gamma > 0) || math.IsInf(gamma, 0) {
		return nil, fmt.Errorf("the resolution is %g; give a positive number", o.Resolution)
	}
	if o.Objective > MapObjective {
		return nil, fmt.Errorf("objective %d is not known", o.Objective)
	}
	n := g.Rows()
	if o.Start != nil {
		if err := o.Start.Check(n); err != nil {
			return nil, fmt.Errorf("the partition to start from does not fit: %w", err)
		}
	}
	s := &search{crew: newCrew(o.Threads), seed: o.Seed, large: largeLevel}
	ok := false
	defer func() {
		if !ok {
			s.crew.dismiss()
		}
	}()
	s.base = level{n: n, offsets: g.Offsets, targets: g.Targets, weights: g.Weights}
	if n == 0 {
		s.base.offsets = []uint64{0}
	}
	doubled, err := s.weigh()
	if err != nil {
		return nil, err
	}
	s.scale = 1
	if doubled > 0 {
		// Sums of weights of groups stay below 2^120, which float32 can hold.
		if _, e := math.Frexp(doubled); e > 120 || e < -60 {
			s.scale = math.Ldexp(1, 60-e)
		}
		s.base.rate = gamma / doubled
	}
	switch o.Objective {
	case CPMObjective:
		s.base.rate = gamma
		for v := range s.base.mass {
			s.base.mass[v] = 1
		}
	case MapObjective:
		s.flow = newFlows(n)
		if doubled > 0 {
			s.base.rate = 1 / (doubled * gamma)
			for v := range s.base.mass {
				s.base.mass[v] /= doubled
			}
		}
	}
	s.comm = make([]uint32, n)
	s.other = make([]uint32, n)
	s.total = make([]float64, n+1)
	s.total[n] = math.Inf(1) // see propose
	s.size = make([]uint32, n)
	s.lost = make([]uint32, n)
	s.gained = make([]uint32, n)
	s.queue = make([]uint32, n)
	s.queued = make([]bool, n)
	s.window = make([]uint32, min(n, largestWindow))
	s.proposals = make([]proposal, min(n, largestWindow))
	s.scratch = make([]scratch, s.crew.size)
	for w := range s.scratch {
		s.scratch[w] = newScratch(n)
	}
	for v := range s.comm {
		s.comm[v] = uint32(v)
	}
	if o.Start != nil {
		copy(s.comm, o.Start.Of)
	}
	ok = true
	return s, ctx.Err()
}

var errWeight = errors.New("the graph has a weight that is negative, infinite or not a number")

// checkUndirected refuses graphs that communities are not defined on.
func checkUndirected(g *graph.Graph) error {
	if g == nil {
		return errors.New("there is no graph to find communities in")
	}
	if g.Rows() != int(g.Cols) {
		return fmt.Errorf("the graph has %d rows and %d columns; communities need one kind of vertex, so project it first", g.Rows(), g.Cols)
	}
	if !g.Undirected && g.Arcs() > 0 {
		return errors.New("the graph is directed; make it undirected first (graph.Symmetric)")
	}
	return nil
}

// blocks is the number of parts to cut n items into.
func blocks(n, size int) int { return (n + size - 1) / size }

const vertexBlock = 4096

// eachVertex does n vertices in blocks.
func (s *search) eachVertex(n int, do func(from, to int)) {
	s.crew.each(blocks(n, vertexBlock), func(_, part int) {
		do(part*vertexBlock, min((part+1)*vertexBlock, n))
	})
}

// weigh computes the strengths and their sum, 2m, in vertex order.
func (s *search) weigh() (float64, error) {
	lv := &s.base
	lv.mass = make([]float64, lv.n)
	parts := blocks(lv.n, vertexBlock)
	loops := make([]bool, parts)
	bad := make([]bool, parts)
	s.crew.each(parts, func(_, part int) {
		from, to := part*vertexBlock, min((part+1)*vertexBlock, lv.n)
		for v := from; v < to; v++ {
			ts, ws := lv.arcs(uint32(v))
			sum := 0.0
			if ws == nil {
				sum = float64(len(ts))
			}
			for _, w := range ws {
				if !(w >= 0 && w <= math.MaxFloat32) {
					bad[part] = true
				}
				sum += float64(w)
			}
			if i, found := find(ts, uint32(v)); found {
				loops[part] = true
				if ws == nil {
					sum++
				} else {
					sum += float64(ws[i])
				}
			}
			lv.mass[v] = sum
		}
	})
	for part := range parts {
		lv.loops = lv.loops || loops[part]
		if bad[part] {
			return 0, errWeight
		}
	}
	doubled := 0.0
	for _, k := range lv.mass {
		doubled += k
	}
	return doubled, nil
}

// find searches an ascending list.
func find(list []uint32, x uint32) (int, bool) {
	lo, hi := 0, len(list)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if list[mid] < x {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo, lo < len(list) && list[lo] == x
}

// iterate runs the algorithm once, from s.comm to s.comm, and says how many
// moves it made.
func (s *search) iterate(ctx context.Context, iteration int, refined bool) (moved int, err error) {
	lv := s.base
	hasty := s.hasty
	for s.depth = 0; ; s.depth++ {
		if s.part != nil {
			s.part.begin(s, &lv)
		}
		s.hasty = hasty && iteration == 0 && s.depth == 0
		m, err := s.move(ctx, &lv, streamOf(s.seed, uint64(iteration), uint64(s.depth), 1))
		if err != nil {
			return moved, err
		}
		moved += m
		if err := ctx.Err(); err != nil {
			return moved, err
		}
		g := s.group(&lv)
		if g.communities < lv.n && refined {
			g = s.refine(&lv, g, streamOf(s.seed, uint64(iteration), uint64(s.depth), 2))
		} else {
			d := s.at(s.depth)
			d.up = append(d.up[:0], s.comm[:lv.n]...)
		}
		if len(g.starts)-1 >= lv.n {
			break
		}
		lv = s.aggregate(lv, g)
	}
	s.top = lv
	s.topComm = append(s.topComm[:0], s.comm[:lv.n]...)
	if s.part != nil {
		s.part.end(s, &lv)
	}
	// Carry the communities of the last level down to the vertices.
	for d := s.depth - 1; d >= 0; d-- {
		s.eachVertex(len(s.depths[d].up), func(from, to int) {
			relabel(s.other[from:to], s.depths[d].up[from:to], s.comm)
		})
		s.comm, s.other = s.other, s.comm
	}
	return moved, nil
}
