package community

// grouping is how the vertices of a level become those of the next; the group
// of each vertex stands in the depth's up.
type grouping struct {
	communities int
	// members lists the vertices by group; group i has
	// members[starts[i]:starts[i+1]].
	members []uint32
	starts  []uint32
	// In an update, the communities of the given graph to refine, and the
	// groups whose ties nobody needs to know. Nil means all, and none.
	open, closed []bool
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
	g := grouping{communities: int(k), members: members, starts: starts}
	if s.part != nil {
		s.part.follow(s, number, &g)
	}
	return g
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
	d := s.at(s.depth)
	d.up = sized(d.up, n)
	up := d.up
	count := make([]uint32, k+1)
	parts := cut(g.starts, refinePart)

	s.crew.each(len(parts)-1, func(worker, p int) {
		w := &s.scratch[worker]
		for c := parts[p]; c < parts[p+1]; c++ {
			from, to := g.starts[c], g.starts[c+1]
			mine := g.members[from:to]
			if g.open != nil && !g.open[c] {
				copy(members[from:to], mine)
				for _, v := range mine {
					up[v] = 0
				}
				ends[from], count[c+1] = to, 1
				continue
			}
			own := streamOf(uint64(random), uint64(c))
			own.shuffle(mine)
			for i, v := range mine {
				at := from + uint32(i)
				part[v], mass[at], size[at] = at, lv.mass[v], 1
				if s.flow != nil {
					s.flow.exit[at] = s.flow.out[v]
					s.flow.code[at] = module(s.flow.out[v], lv.mass[v])
				}
			}
			s.grow(w, lv, mine, from, c, comm, part, size, mass)
			// Sort the members by part: size becomes the next place of each.
			next := from
			for at := from; at < to; at++ {
				next, size[at] = next+size[at], next
			}
			for _, v := range mine {
				p := part[v]
				members[size[p]] = v
				size[p]++
			}
			found := uint32(0)
			for i := from; i < to; i++ {
				v := members[i]
				if i > from && part[v] != part[members[i-1]] {
					ends[from+found] = i
					found++
				}
				up[v] = found
			}
			ends[from+found] = to
			count[c+1] = found + 1
		}
	})
	for c := range k {
		count[c+1] += count[c]
	}
	groups := count[k]
	starts := make([]uint32, groups+1)
	s.crew.each(len(parts)-1, func(_, p int) {
		for c := parts[p]; c < parts[p+1]; c++ {
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
	r := grouping{communities: k, members: members, starts: starts}
	if s.part != nil {
		r.closed = s.part.close(lv, &g, &r, count)
	}
	return r
}

// refinePart is the number of vertices per part of a refinement.
const refinePart = 1024

// grow lets the members of community c, in the order given, join parts. The part
// that a member is alone in at first has the number of its place, counted from
// the given one, so that what is known of the parts of a community lies together.
func (s *search) grow(w *scratch, lv *level, members []uint32, place, c uint32, comm, part, size []uint32, mass []float64) {
	for len(members) > 0 {
		n := w.open(lv, members)
		w.fetch(lv, n, comm)
		at := 0
		for i, v := range members[:n] {
			ts := lv.targets[w.from[i]:w.to[i]]
			labels := w.labels[at : at+min(len(ts), batchArcs)]
			at += len(labels)
			alone := place + uint32(i)
			if part[v] != alone || size[alone] != 1 {
				continue
			}
			var ws []float32
			if lv.weights != nil {
				ws = lv.weights[w.from[i]:w.to[i]]
			}
			keys := w.within(labels, ts, ws, c, part, w.keys[:0])
			for done := len(labels); done < len(ts); done += len(labels) {
				// A vertex with more ties than were fetched, alone in its batch.
				labels = w.labels[:relabel(w.labels, ts[done:min(len(ts), done+batchArcs)], comm)]
				keys = w.within(labels, ts[done:], rest(ws, done), c, part, keys)
			}
			w.keys = keys
			w.acc[alone] = 0 // its loop
			best := alone
			if s.flow != nil {
				best = s.joinByFlow(w, lv, v, alone, keys, mass)
			} else {
				price, bestGain := lv.rate*lv.mass[v], 0.0
				for _, p := range keys {
					a := w.acc[p]
					w.acc[p] = 0
					if gain := a - float64(price*mass[p]); gain > bestGain {
						best, bestGain = p, gain
					}
				}
			}
			if best == alone {
				continue
			}
			part[v] = best
			mass[best] += lv.mass[v]
			size[best]++
			size[alone] = 0
		}
		members = members[n:]
		place += uint32(n)
	}
}

// within adds up the weights of ties inside community c by part and appends the
// part of each tie to keys.
func (w *scratch) within(labels, ts []uint32, ws []float32, c uint32, part, keys []uint32) []uint32 {
	for j, l := range labels {
		if l != c {
			continue
		}
		p := part[ts[j]]
		keys = append(keys, p)
		if ws == nil {
			w.acc[p]++
		} else {
			w.acc[p] += float64(ws[j])
		}
	}
	return keys
}

// rest is the weights from a place on, where there are any.
func rest(ws []float32, from int) []float32 {
	if ws == nil {
		return nil
	}
	return ws[from:]
}
