package influence

import (
	"math/bits"

	"kith/graph"
)

// lanes is the number of words that have a bit for each search of a crowd.
const lanes = 4

type crowdBits [lanes]uint64

// crowdSearch searches from up to 256 targets at once, against the arcs.
type crowdSearch struct {
	out, in *graph.Graph
	within  *parts
	near    []float64
	seen    []crowdBits // by which searches a vertex has been found
	front   []crowdBits // by which in the level at hand
	next    []crowdBits // by which in the next; zero outside it
	active  []uint32    // vertices whose front isn't zero
	found   []uint32    // those whose next isn't
	rest    []uint32    // those that may be found by more searches
}

func newCrowdSearch(out, in *graph.Graph, within *parts) *crowdSearch {
	n := out.Rows()
	return &crowdSearch{
		out: out, in: in, within: within, near: make([]float64, n),
		seen: make([]crowdBits, n), front: make([]crowdBits, n), next: make([]crowdBits, n),
	}
}

func (c *crowdSearch) score() []float64 { return c.near }

func (c *crowdSearch) to(targets []uint32) {
	c.active, c.rest = c.active[:0], c.rest[:0]
	var all crowdBits // the searches that may find a vertex of the part
	for i, t := range targets {
		c.front[t][i/64] |= 1 << (i % 64)
		c.seen[t] = c.front[t]
		c.active = append(c.active, t)
		all[i/64] |= 1 << (i % 64)
		if i == 0 || c.within.of[t] != c.within.of[targets[i-1]] {
			c.rest = append(c.rest, c.within.in(c.within.of[t])...)
		}
	}
	unseen := uint64(0)
	for _, v := range c.rest {
		unseen += uint64(c.out.Degree(v))
	}
	for d := 1; len(c.active) > 0; d++ {
		enter := uint64(0)
		for _, v := range c.active {
			enter += uint64(c.in.Degree(v))
		}
		c.found = c.found[:0]
		if unseen < pullGain*enter {
			unseen = c.pull(&all)
		} else {
			c.push()
		}
		c.turn(1 / float64(d))
	}
	for i, t := range targets {
		if i == 0 || c.within.of[t] != c.within.of[targets[i-1]] {
			for _, v := range c.within.in(c.within.of[t]) {
				c.seen[v] = crowdBits{}
			}
		}
	}
}

// push finds the next level along the arcs that enter this one.
func (c *crowdSearch) push() {
	for _, v := range c.active {
		f := c.front[v]
		for _, u := range c.in.Neighbours(v) {
			s, x := &c.seen[u], &c.next[u]
			y := crowdBits{f[0] &^ s[0], f[1] &^ s[1], f[2] &^ s[2], f[3] &^ s[3]}
			if y[0]|y[1]|y[2]|y[3] == 0 {
				continue
			}
			if x[0]|x[1]|x[2]|x[3] == 0 {
				c.found = append(c.found, u)
			}
			x[0], x[1], x[2], x[3] = x[0]|y[0], x[1]|y[1], x[2]|y[2], x[3]|y[3]
		}
	}
}

// pull finds the next level along the arcs that leave the rest, and drops from
// the rest those whom all have found. It returns the arcs of the others.
func (c *crowdSearch) pull(all *crowdBits) uint64 {
	kept, unseen := c.rest[:0], uint64(0)
	for _, u := range c.rest {
		s := c.seen[u]
		a0, a1, a2, a3 := s[0], s[1], s[2], s[3]
		for _, v := range c.out.Neighbours(u) {
			f := &c.front[v]
			a0, a1, a2, a3 = a0|f[0], a1|f[1], a2|f[2], a3|f[3]
		}
		if x := (crowdBits{a0 &^ s[0], a1 &^ s[1], a2 &^ s[2], a3 &^ s[3]}); x[0]|x[1]|x[2]|x[3] != 0 {
			c.next[u] = x
			c.found = append(c.found, u)
		}
		if (crowdBits{a0, a1, a2, a3}) != *all {
			kept = append(kept, u)
			unseen += uint64(c.out.Degree(u))
		}
	}
	c.rest = kept
	return unseen
}

// turn makes the next level the one at hand, and counts it.
func (c *crowdSearch) turn(nearness float64) {
	for _, v := range c.active {
		c.front[v] = crowdBits{}
	}
	for _, v := range c.found {
		x, s := c.next[v], &c.seen[v]
		k := bits.OnesCount64(x[0]) + bits.OnesCount64(x[1]) + bits.OnesCount64(x[2]) + bits.OnesCount64(x[3])
		c.near[v] += float64(float64(k) * nearness)
		s[0], s[1], s[2], s[3] = s[0]|x[0], s[1]|x[1], s[2]|x[2], s[3]|x[3]
		c.front[v], c.next[v] = x, crowdBits{}
	}
	c.active, c.found = c.found, c.active
}
