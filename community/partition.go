package community

import (
	"fmt"
	"slices"
)

// Partition puts every vertex into exactly one community.
//
// Every Partition that this package returns is numbered canonically: community
// 0 is the largest, and of two of the same size the one with the smaller first
// vertex comes first. Isolated vertices are communities of one.
type Partition struct {
	// Of has one entry per vertex: its community, below Count.
	Of []uint32
	// Count is the number of communities, none of which is empty.
	Count int
}

// Hierarchy is a sequence of nested partitions of one graph, from the finest to
// the coarsest: each community of Levels[i] lies inside one of Levels[i+1].
type Hierarchy struct {
	// Levels has at least one entry; the last is the answer.
	Levels []Partition
	// Iterations is how often the algorithm ran over the graph.
	Iterations int
	// Stable says that the last iteration moved nothing.
	Stable bool
}

// Top is the coarsest level, the answer.
func (h *Hierarchy) Top() Partition { return h.Levels[len(h.Levels)-1] }

// Parents gives, for each community of Levels[level], the community of
// Levels[level+1] it lies in. Time O(n).
func (h *Hierarchy) Parents(level int) []uint32 {
	fine, coarse := h.Levels[level], h.Levels[level+1]
	parents := make([]uint32, fine.Count)
	for v, c := range fine.Of {
		parents[c] = coarse.Of[v]
	}
	return parents
}

// Sizes is the number of members of each community.
func (p Partition) Sizes() []uint32 {
	sizes := make([]uint32, p.Count)
	for _, c := range p.Of {
		sizes[c]++
	}
	return sizes
}

// Members lists the vertices by community: those of community c are
// members[offsets[c]:offsets[c+1]], in ascending order. Time and memory O(n).
func (p Partition) Members() (offsets []uint64, members []uint32) {
	offsets = make([]uint64, p.Count+1)
	for _, c := range p.Of {
		offsets[c+1]++
	}
	for c := range p.Count {
		offsets[c+1] += offsets[c]
	}
	members = make([]uint32, len(p.Of))
	next := slices.Clone(offsets[:p.Count])
	for v, c := range p.Of {
		members[next[c]] = uint32(v)
		next[c]++
	}
	return offsets, members
}

// Check says why p is not a partition of n vertices, or nil. Time O(n).
func (p Partition) Check(n int) error {
	if len(p.Of) != n {
		return fmt.Errorf("the partition has %d entries for %d vertices", len(p.Of), n)
	}
	seen := make([]bool, max(p.Count, 0))
	for v, c := range p.Of {
		if int64(c) >= int64(p.Count) {
			return fmt.Errorf("vertex %d is in community %d of a partition of %d", v, c, p.Count)
		}
		seen[c] = true
	}
	if c := slices.Index(seen, false); c >= 0 {
		return fmt.Errorf("community %d of the partition is empty", c)
	}
	return nil
}

// canonical numbers the communities of labels, each below limit, by falling
// size and then by first vertex. It writes over labels. Time O(n + k log k) for
// k communities.
func canonical(labels []uint32, limit int) Partition {
	size := make([]uint32, limit)
	first := make([]uint32, 0, 64) // labels by first vertex
	for _, c := range labels {
		if size[c] == 0 {
			first = append(first, c)
		}
		size[c]++
	}
	slices.SortStableFunc(first, func(a, b uint32) int { return int(size[b]) - int(size[a]) })
	number := size // no longer needed as sizes
	for i, c := range first {
		number[c] = uint32(i)
	}
	for v, c := range labels {
		labels[v] = number[c]
	}
	return Partition{Of: labels, Count: len(first)}
}
