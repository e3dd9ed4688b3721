package community

// grouping is how the vertices of a level become those of the next.
type grouping struct {
	communities int
	// members lists the vertices by group; group i has
	// members[starts[i]:starts[i+1]].
	members []uint32
	starts  []uint32
	// up is the group of each vertex.
	up []uint32
}

// group numbers the communities of s.comm[:lv.n] by first vertex and makes each
// of them one group.
func (s *search) group(lv *level) grouping {
	n := lv.n
	comm := s.comm[:n]
	number := s.lost[:n]
	k := uint32(0)
	clear(s.size[:n])
	for i := range number {
		number[i] = vacantTarget
	}
	for v, c := range comm {
		if number[c] == vacantTarget {
			number[c] = k
			k++
		}
		comm[v] = number[c]
		s.size[number[c]]++
	}
	starts := make([]uint32, k+1)
	for c := range k {
		starts[c+1] = starts[c] + s.size[c]
		s.size[c] = starts[c]
		s.other[c] = c
	}
	members := s.queue[:n] // the queue is empty now
	for v, c := range comm {
		members[s.size[c]] = uint32(v)
		s.size[c]++
	}
	return grouping{communities: int(k), members: members, starts: starts, up: comm}
}

// refine replaces the groups of g, which are the communities, by connected
// parts of them. Within a community every vertex starts alone; in random order
// each that is still alone joins the part to which it gains most, if it gains.
// So parts grow around the vertices that stay, along ties, and are connected.
//
// Communities are independent of each other and run in parallel, each with a
// random stream of its own.
func (s *search) refine(lv *level, g grouping, random stream) grouping {
	n, k := lv.n, g.communities
	comm := s.comm[:n]
	part, mass, size := s.other[:n], s.total[:n], s.size[:n]
	members, ends := s.gained[:n], s.lost[:n]
	up := make([]uint32, n)
	count := make([]uint32, k+1)

	s.crew.each(blocks(k, 64), func(worker, block int) {
		w := &s.scratch[worker]
		for c := block * 64; c < min((block+1)*64, k); c++ {
			from, to := g.starts[c], g.starts[c+1]
			mine := g.members[from:to]
			own := streamOf(uint64(random), uint64(c))
			own.shuffle(mine)
			for _, v := range mine {
				part[v], mass[v], size[v] = v, lv.mass[v], 1
			}
			for _, v := range mine {
				if part[v] != v || size[v] != 1 {
					continue
				}
				p := s.bestPart(w, lv, v, comm, part, mass)
				if p == v {
					continue
				}
				part[v] = p
				mass[p] += lv.mass[v]
				size[p]++
				size[v] = 0
			}
			// Sort the members by part: size becomes the next place of each.
			at := from
			for _, v := range mine {
				if part[v] == v {
					at, size[v] = at+size[v], at
				}
			}
			for _, v := range mine {
				p := part[v]
				members[size[p]] = v
				size[p]++
			}
			parts := uint32(0)
			for i := from; i < to; i++ {
				v := members[i]
				if i > from && part[v] != part[members[i-1]] {
					ends[from+parts] = i
					parts++
				}
				up[v] = parts
			}
			ends[from+parts] = to
			count[c+1] = parts + 1
		}
	})
	for c := range k {
		count[c+1] += count[c]
	}
	groups := count[k]
	starts := make([]uint32, groups+1)
	s.crew.each(blocks(k, 64), func(_, block int) {
		for c := block * 64; c < min((block+1)*64, k); c++ {
			first := count[c]
			for i := first; i < count[c+1]; i++ {
				starts[i+1] = ends[g.starts[c]+i-first]
			}
			for _, v := range g.members[g.starts[c]:g.starts[c+1]] {
				up[v] += first
			}
		}
	})
	// The parts are read above, so the communities of the groups come last.
	for c := range k {
		for i := count[c]; i < count[c+1]; i++ {
			part[i] = uint32(c)
		}
	}
	return grouping{communities: k, members: members, starts: starts, up: up}
}

// bestPart is the part within v's community that v gains most by joining, or v.
func (s *search) bestPart(w *scratch, lv *level, v uint32, comm, part []uint32, mass []float64) uint32 {
	ts, ws := lv.arcs(v)
	c := comm[v]
	for i, t := range ts {
		if comm[t] != c || t == v {
			continue
		}
		p := part[t]
		a := w.acc[p]
		if a == 0 {
			w.keys = append(w.keys, p)
		}
		if ws == nil {
			a++
		} else {
			a += float64(ws[i])
		}
		w.acc[p] = a
	}
	price := lv.rate * lv.mass[v]
	best, bestGain := v, 0.0
	for _, p := range w.keys {
		a := w.acc[p]
		cost := float64(price * mass[p])
		if gain := a - cost; gain > bestGain && gain > 1e-12*(a+cost) {
			best, bestGain = p, gain
		}
	}
	w.clear()
	return best
}
