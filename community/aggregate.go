package community

// arena is the memory of the arcs between groups: as many places as the given
// graph has arcs. A level lies in one piece of it and the next is made in the
// rest; where the rest is too small the next level is made from the given graph
// instead, over the level it replaces. So a search needs 8 bytes an arc, however
// many levels it has.
type arena struct {
	targets  []uint32
	weights  []float32
	from, to int // what the present level takes up
}

// depth is what a search keeps of one step from a level to the next.
type depth struct {
	up      []uint32 // group of each vertex
	offsets []uint64
	mass    []float64
}

// at is the memory of a depth.
func (s *search) at(i int) *depth {
	for i >= len(s.depths) {
		s.depths = append(s.depths, depth{})
	}
	return &s.depths[i]
}

// aggregate makes the level whose vertices are the groups of g and whose arcs
// add up those between their members, and sets s.comm to the communities of the
// groups. Groups are shared out in parts of about equal size; each part writes
// its arcs to a stretch of the arena that is long enough for all its members'
// arcs, and afterwards the stretches are moved together.
func (s *search) aggregate(lv level, g grouping) level {
	groups := len(g.starts) - 1
	d := s.at(s.depth)
	d.offsets = sized(d.offsets, groups+1)
	d.mass = sized(d.mass, groups)
	s.comm, s.other = s.other, s.comm // where g has put the communities of groups
	next := level{n: groups, rate: lv.rate, offsets: d.offsets, mass: d.mass}

	parts := cut(g.starts, aggregatePart)
	s.crew.each(len(parts)-1, func(_, part int) {
		for i := parts[part]; i < parts[part+1]; i++ {
			sum := 0.0
			for _, v := range g.members[g.starts[i]:g.starts[i+1]] {
				sum += lv.mass[v]
			}
			d.mass[i] = sum
		}
	})

	up, scale := d.up, 1.0
	if s.depth == 0 {
		scale = s.scale
		if s.flow != nil {
			next.rate /= scale
		} else {
			next.rate *= scale
		}
	}
	a := &s.arena
	if a.targets == nil && s.part == nil {
		a.targets = make([]uint32, len(s.base.targets))
		a.weights = make([]float32, len(s.base.targets))
	}
	at := 0
	if s.depth > 0 && len(lv.targets) > a.from {
		if at = a.to; len(lv.targets) > len(a.targets)-at {
			at, lv, scale = 0, s.base, s.scale
			up = s.compose()
			g.members, g.starts = s.membersOf(up, groups, g.starts)
			parts = cut(g.starts, aggregatePart)
		}
	}

	// The stretch of each part starts where those before could end.
	starts := make([]int, len(parts))
	ends := make([]int, len(parts)-1)
	s.crew.each(len(parts)-1, func(_, part int) {
		arcs := 0
		for i := parts[part]; i < parts[part+1]; i++ {
			if g.closed != nil && g.closed[i] {
				continue
			}
			for _, v := range g.members[g.starts[i]:g.starts[i+1]] {
				arcs += int(lv.offsets[v+1] - lv.offsets[v])
			}
		}
		starts[part+1] = arcs
	})
	starts[0] = at
	for part := range ends {
		starts[part+1] += starts[part]
	}
	if room := 2 * starts[len(ends)]; s.part != nil && s.depth == 0 && len(a.targets) < room {
		// Levels get no larger, so one beside another always fits.
		a.targets, a.weights = make([]uint32, room), make([]float32, room)
	}
	s.crew.each(len(ends), func(worker, part int) {
		w := &s.scratch[worker]
		end := starts[part]
		for i := parts[part]; i < parts[part+1]; i++ {
			d.offsets[i] = uint64(end - starts[part])
			if g.closed != nil && g.closed[i] {
				continue
			}
			labels := w.sum(&lv, g.members[g.starts[i]:g.starts[i+1]], up)
			w.acc[i] = 0
			for _, c := range labels {
				// A label that comes again has nothing left, and is written over.
				sum := w.acc[c]
				w.acc[c] = 0
				a.targets[end], a.weights[end] = c, float32(sum*scale)
				if sum > 0 {
					end++
				}
			}
		}
		ends[part] = end
	})
	end := at
	for part, start := range starts[:len(ends)] {
		copy(a.targets[end:], a.targets[start:ends[part]])
		copy(a.weights[end:], a.weights[start:ends[part]])
		for i := parts[part]; i < parts[part+1]; i++ {
			d.offsets[i] += uint64(end - at)
		}
		end += ends[part] - start
	}
	d.offsets[groups] = uint64(end - at)
	a.from, a.to = at, end
	next.targets, next.weights = a.targets[at:end:end], a.weights[at:end:end]
	return next
}

// aggregatePart is the number of vertices per part of an aggregation.
const aggregatePart = 2048

// cut divides groups into parts of about so many members: part i has the groups
// from the i-th entry to the next.
func cut(starts []uint32, size uint32) []uint32 {
	groups := uint32(len(starts) - 1)
	cuts := make([]uint32, 1, starts[groups]/size+2)
	for i, last := uint32(1), uint32(0); i < groups; i++ {
		if starts[i]-last >= size {
			cuts = append(cuts, i)
			last = starts[i]
		}
	}
	if groups > 0 {
		cuts = append(cuts, groups)
	}
	return cuts
}

// sum adds up the weights of the members' arcs by the group of the other end
// and lists the groups in the order they are met, some more than once.
func (w *scratch) sum(lv *level, members, up []uint32) []uint32 {
	if n := w.open(lv, members); n == len(members) && w.arcs <= batchArcs {
		w.fetch(lv, n, up)
		at := 0
		for i := range n {
			from, to := w.from[i], w.to[i]
			degree := int(to - from)
			if lv.weights == nil {
				w.add(w.labels[at:at+degree], nil)
			} else {
				w.add(w.labels[at:at+degree], lv.weights[from:to])
			}
			at += degree
		}
		return w.labels[:at]
	}
	return w.sumLarge(lv, members, up)
}

// sumLarge is sum for groups with too many arcs to hold, which lists each group
// once.
func (w *scratch) sumLarge(lv *level, members, up []uint32) []uint32 {
	keys, acc := w.keys[:0], w.acc
	for len(members) > 0 {
		n := w.open(lv, members)
		w.fetch(lv, n, up)
		at := 0
		for i := range n {
			from, to := w.from[i], w.to[i]
			labels := w.labels[at : at+int(min(to-from, batchArcs))]
			at += len(labels)
			for {
				var ws []float32
				if lv.weights != nil {
					ws = lv.weights[from : from+uint64(len(labels))]
				}
				for j, c := range labels {
					a := acc[c]
					if a == 0 {
						keys = append(keys, c)
					}
					if ws == nil {
						a++
					} else {
						a += float64(ws[j])
					}
					acc[c] = a
				}
				if from += uint64(len(labels)); from == to {
					break
				}
				// A vertex with more ties than were fetched.
				labels = w.labels[:relabel(w.labels, lv.targets[from:min(to, from+batchArcs)], up)]
			}
		}
		members = members[n:]
	}
	w.keys = keys
	return keys
}

// compose is the present group of each vertex of the given graph.
func (s *search) compose() []uint32 {
	up := s.other[:s.base.n]
	s.eachVertex(s.base.n, func(from, to int) {
		for v := from; v < to; v++ {
			x := s.depths[0].up[v]
			for d := 1; d <= s.depth; d++ {
				x = s.depths[d].up[x]
			}
			up[v] = x
		}
	})
	return up
}

// membersOf lists the vertices by group.
func (s *search) membersOf(up []uint32, groups int, starts []uint32) (members, newStarts []uint32) {
	clear(starts)
	for _, x := range up {
		starts[x+1]++
	}
	for i := range groups {
		starts[i+1] += starts[i]
	}
	next := s.size[:groups]
	copy(next, starts)
	members = s.queue[:len(up)]
	for v, x := range up {
		members[next[x]] = uint32(v)
		next[x]++
	}
	return members, starts
}

// sized is a slice of the length asked for, its old memory where that is enough.
func sized[T any](old []T, n int) []T {
	if cap(old) >= n {
		return old[:n]
	}
	return make([]T, n, n+n/16)
}
