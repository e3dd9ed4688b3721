package community

import "slices"

// levels fills in the hierarchy that the last iteration leaves behind: the
// groups of each depth, and the communities. Those are checked to be connected
// if the algorithm promises it; as groups are connected, it is enough to look
// at the ties between groups.
func (s *search) levels(h *Hierarchy, refined bool) {
	label := s.topComm
	if refined {
		label = pieces(&s.top, s.topComm)
	}
	s.arena, s.top.targets, s.top.weights = arena{}, nil, nil

	of := s.comm[:s.base.n]
	for v := range of {
		of[v] = uint32(v)
	}
	for d := range s.depth {
		up := s.depths[d].up
		for v, x := range of {
			of[v] = up[x]
		}
		h.Levels = append(h.Levels, canonical(slices.Clone(of), len(s.depths[d].mass)))
	}
	for v, x := range of {
		of[v] = label[x]
	}
	h.Levels = append(h.Levels, canonical(of, s.top.n))
	// Nested partitions of as many communities are the same.
	h.Levels = slices.CompactFunc(h.Levels, func(a, b Partition) bool { return a.Count == b.Count })
}

// pieces labels the connected pieces of the communities of a level, by union
// and find within each community. The label of a piece is its first vertex.
func pieces(lv *level, comm []uint32) []uint32 {
	label := make([]uint32, lv.n)
	for v := range label {
		label[v] = uint32(v)
	}
	root := func(v uint32) uint32 {
		for label[v] != v {
			label[v] = label[label[v]]
			v = label[v]
		}
		return v
	}
	for v := range label {
		a := root(uint32(v))
		ts, ws := lv.arcs(uint32(v))
		for i, t := range ts {
			if comm[t] != comm[v] || ws != nil && ws[i] == 0 {
				continue
			}
			if b := root(t); a < b {
				label[b] = a
			} else {
				label[a] = b
				a = b
			}
		}
	}
	for v := range label {
		label[v] = label[label[v]] // parents come before children
	}
	return label
}
