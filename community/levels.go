package community

import "slices"

// levels fills in the hierarchy that the last iteration leaves behind.
func (s *search) levels(h *Hierarchy, refined bool) {
	n := s.base.n
	of := make([]uint32, n)
	for v := range of {
		of[v] = uint32(v)
	}
	for d := range s.depth {
		up := s.ups[d]
		count := 0
		for v, x := range of {
			of[v] = up[x]
			count = max(count, int(of[v])+1)
		}
		h.Levels = append(h.Levels, canonical(slices.Clone(of), count))
	}
	last := canonical(slices.Clone(s.comm[:n]), n)
	h.Levels = append(h.Levels, last)
	h.Levels = slices.CompactFunc(h.Levels, func(a, b Partition) bool { return a.Count == b.Count })
	_ = refined
}
