package simulate

import (
	"math"
	"math/bits"
	"slices"
)

// contacts is who calls whom, in rows: the contacts of customer u are the
// entries from first[u] to first[u+1], by ascending customer.
type contacts struct {
	first []uint64
	who   []uint32
	// upTo is the running sum over the row of how often u calls each.
	upTo []float32
	// strong says that the tie lies within a community.
	strong []bool
}

// edge is a tie with how often each side calls, relative to other ties.
type edge struct {
	u, v   uint32
	uv, vu float32
	strong bool
}

// weakTies is the mean number of weak ties that a customer starts; as many come
// in from others.
const weakTies = 1.3

// befriend draws all ties and the rates at which customers call and buy.
func (op *operator) befriend() {
	var edges []edge
	var w weaver
	for c := range len(op.first) - 1 {
		edges = w.weave(op, c, edges)
	}
	edges = op.reachOut(edges)
	op.ties = rows(op.o.Customers, edges)

	// How often a customer calls grows less than in proportion to the ties.
	n := op.o.Customers
	op.rate, op.lines = make([]float32, n), make([]float32, n)
	var calls, lines float64
	for u := range n {
		s := open(op.o.Seed, forCustomer, uint64(u), 1)
		if from, to := op.ties.first[u], op.ties.first[u+1]; to > from {
			op.rate[u] = float32(math.Pow(float64(op.ties.upTo[to-1]), .7) * math.Exp(.3*s.normal()))
		}
		op.lines[u] = float32(math.Exp(.8 * s.normal()))
		calls += float64(op.rate[u])
		lines += float64(op.lines[u])
	}
	for u := range n {
		if calls > 0 {
			op.rate[u] *= float32(op.o.CallsPerCustomerDay * float64(n) / calls)
		}
		op.lines[u] *= float32(op.o.LinesPerCustomerDay * float64(n) / lines)
	}
}

// weaver ties the members of one community at a time, in memory that it keeps.
type weaver struct {
	who    []uint32
	upTo   []float64
	words  int
	tied   []uint64   // bit matrix, words per row
	near   [][]uint16 // contacts by place in who
	places []edge     // u and v are places
}

// weave appends the strong ties of a community. Each member is first tied to one
// before it, so that the community holds together; then most ties
// are drawn between sociable members and 45 in 100 close triangles. Ties with
// common friends are stronger.
func (w *weaver) weave(op *operator, c int, edges []edge) []edge {
	s := open(op.o.Seed, forTies, uint64(c), 0)
	w.who, w.upTo, w.places = w.who[:0], w.upTo[:0], w.places[:0]
	total := 0.0
	add := func(u uint32, sociable float32) {
		total += float64(sociable)
		w.who, w.upTo = append(w.who, u), append(w.upTo, total)
	}
	for u := op.first[c]; u < op.first[c+1]; u++ {
		add(u, op.sociable[u]*op.share[u])
	}
	for _, u := range op.extras[op.extraFirst[c]:op.extraFirst[c+1]] {
		add(u, op.sociable[u]*(1-op.share[u]))
	}
	n := len(w.who)
	w.words = (n + 63) / 64
	w.tied = append(w.tied[:0], make([]uint64, n*w.words)...)
	for len(w.near) < n {
		w.near = append(w.near, nil)
	}
	for i := range n {
		w.near[i] = w.near[i][:0]
	}

	degree := min(.7*float64(n-1), 3+1.3*math.Log(float64(n)))
	want := max(int(float64(n)*degree/2+.5), n-1)
	for i := 1; i < n; i++ {
		w.tie(i, pick(w.upTo[:i], s.float()))
	}
	for tries := 0; len(w.places) < want && tries < 20*want; tries++ {
		i := pick(w.upTo, s.float())
		var j int
		if s.chance(.45) {
			via := w.near[i][s.below(len(w.near[i]))]
			j = int(w.near[via][s.below(len(w.near[via]))])
		} else {
			j = pick(w.upTo, s.float())
		}
		w.tie(i, j)
	}
	for _, e := range w.places {
		common := 0
		for k := range w.words {
			common += bits.OnesCount64(w.tied[int(e.u)*w.words+k] & w.tied[int(e.v)*w.words+k])
		}
		strength := math.Exp(.7*s.normal()) * (.6 + .15*float64(min(common, 8)))
		u, v := w.who[e.u], w.who[e.v]
		part := .5 + .25*(2*s.float()-1)
		switch {
		case v == op.leader[c] || u == op.disseminator[c]:
			part = .8
		case u == op.leader[c] || v == op.disseminator[c]:
			part = .2
		}
		edges = append(edges, edge{u, v, float32(strength * part), float32(strength * (1 - part)), true})
	}
	return edges
}

// tie joins two places unless they are one or already tied.
func (w *weaver) tie(i, j int) {
	if i == j || w.tied[i*w.words+j/64]&(1<<(j%64)) != 0 {
		return
	}
	w.tied[i*w.words+j/64] |= 1 << (j % 64)
	w.tied[j*w.words+i/64] |= 1 << (i % 64)
	w.near[i] = append(w.near[i], uint16(j))
	w.near[j] = append(w.near[j], uint16(i))
	w.places = append(w.places, edge{u: uint32(i), v: uint32(j)})
}

// reachOut appends the weak ties: more of sociable customers, six in ten within
// the city, three within the region, the rest anywhere.
func (op *operator) reachOut(edges []edge) []edge {
	var sum float64
	for _, x := range op.sociable {
		sum += float64(x)
	}
	mean := sum / float64(len(op.sociable))
	for u := range uint32(op.o.Customers) {
		s := open(op.o.Seed, forWeakTies, uint64(u), 0)
		city := op.cityOf[op.community[u]]
		region := op.regionOf[city]
		for range s.poisson(weakTies * float64(op.sociable[u]) / mean) {
			from, to := uint32(0), uint32(op.o.Customers)
			switch r := s.float(); {
			case r < .6:
				from, to = op.first[op.cityFirst[city]], op.first[op.cityFirst[city+1]]
			case r < .9:
				from = op.first[op.cityFirst[op.regionFirst[region]]]
				to = op.first[op.cityFirst[op.regionFirst[region+1]]]
			}
			v := from + uint32(s.below(int(to-from)))
			strength, part := .3*math.Exp(.7*s.normal()), .5+.4*(2*s.float()-1)
			if op.community[v] != op.community[u] {
				edges = append(edges, edge{u, v, float32(strength * part), float32(strength * (1 - part)), false})
			}
		}
	}
	return edges
}

// rows turns edges into contacts. Of several ties of a pair the first counts.
func rows(n int, edges []edge) contacts {
	first := make([]uint64, n+1)
	for _, e := range edges {
		first[e.u+1]++
		first[e.v+1]++
	}
	for u := range n {
		first[u+1] += first[u]
	}
	// An arc is the edge's number and which side it starts from, so that the
	// first tie of a pair is the same seen from both sides.
	arcs := make([]uint32, first[n])
	next := slices.Clone(first[:n])
	for i, e := range edges {
		arcs[next[e.u]] = uint32(i) << 1
		next[e.u]++
		arcs[next[e.v]] = uint32(i)<<1 | 1
		next[e.v]++
	}
	target := func(a uint32) uint32 {
		if a&1 == 0 {
			return edges[a>>1].v
		}
		return edges[a>>1].u
	}
	t := contacts{
		first: make([]uint64, 1, n+1), who: make([]uint32, 0, len(arcs)),
		upTo: make([]float32, 0, len(arcs)), strong: make([]bool, 0, len(arcs)),
	}
	for u := range n {
		row := arcs[first[u]:first[u+1]]
		slices.SortFunc(row, func(a, b uint32) int {
			if x, y := target(a), target(b); x != y {
				return int(int64(x) - int64(y))
			}
			return int(int64(a) - int64(b))
		})
		var sum float32
		for i, a := range row {
			if i > 0 && target(a) == target(row[i-1]) {
				continue
			}
			e := &edges[a>>1]
			if a&1 == 0 {
				sum += e.uv
			} else {
				sum += e.vu
			}
			t.who = append(t.who, target(a))
			t.upTo = append(t.upTo, sum)
			t.strong = append(t.strong, e.strong)
		}
		t.first = append(t.first, uint64(len(t.who)))
	}
	return t
}
