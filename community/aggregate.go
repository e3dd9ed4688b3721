package community

// arena is the memory of the arcs between groups: as many places as the given
// graph has arcs. A level lies in one piece of it and the next is made in the
// rest; where that is too small the next level is made from the given graph
// instead, over the level it replaces. So a search never needs more than 8
// bytes an arc, however many levels it has.
type arena struct {
	targets  []uint32
	weights  []float32
	from, to int // what the present level takes up
}

// aggregate makes the level whose vertices are the groups of g and whose arcs
// add up those between their members, and sets s.comm to the communities of the
// groups.
func (s *search) aggregate(lv level, g grouping) level {
	groups := len(g.starts) - 1
	s.ups = append(s.ups[:s.depth], append([]uint32(nil), g.up...))
	s.comm, s.other = s.other, s.comm

	next := level{n: groups, rate: lv.rate}
	next.mass = make([]float64, groups)
	next.offsets = make([]uint64, groups+1)
	for i := range groups {
		for _, v := range g.members[g.starts[i]:g.starts[i+1]] {
			next.mass[i] += lv.mass[v]
		}
	}
	scale := 1.0
	if s.depth == 0 {
		scale = s.scale
		next.rate *= scale
	}
	w := &s.scratch[0]
	for i := range groups {
		for _, v := range g.members[g.starts[i]:g.starts[i+1]] {
			w.gather(&lv, v, g.up)
		}
		for _, c := range w.keys {
			if c != uint32(i) && w.acc[c] > 0 {
				next.targets = append(next.targets, c)
				next.weights = append(next.weights, float32(w.acc[c]*scale))
			}
			w.acc[c] = 0
		}
		w.keys = w.keys[:0]
		next.offsets[i+1] = uint64(len(next.targets))
	}
	return next
}
