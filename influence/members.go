package influence

import (
	"cmp"
	"fmt"
	"slices"

	"kith/graph"
)

// None stands for a vertex that there is none of, such as the leader of a
// community without members.
const None = ^uint32(0)

// members lists the vertices of each community in ascending order, and knows
// where each vertex stands in its community.
type members struct {
	of    []uint32 // community of each vertex
	start []uint32 // community c holds list[start[c]:start[c+1]]
	list  []uint32
	place []uint32 // list[start[of[v]]+place[v]] is v
	// bySize lists the communities by falling number of out-arcs, which is
	// the order to deal them out in when they are worked on in parallel.
	bySize []uint32
}

// newMembers sorts vertices by community in O(n + c log c).
func newMembers(g *graph.Graph, of []uint32, count int) (*members, error) {
	if err := square(g); err != nil {
		return nil, err
	}
	if len(of) != g.Rows() {
		return nil, fmt.Errorf("there are communities for %d vertices, but the graph has %d", len(of), g.Rows())
	}
	if count < 0 || uint64(count) >= uint64(None) {
		return nil, fmt.Errorf("there can't be %d communities", count)
	}
	m := &members{of: of, start: make([]uint32, count+1), list: make([]uint32, len(of)), place: make([]uint32, len(of))}
	arcs := make([]uint64, count)
	for v, c := range of {
		if uint64(c) >= uint64(count) {
			return nil, fmt.Errorf("vertex %d is in community %d, but there are only %d", v, c, count)
		}
		m.place[v] = m.start[c+1]
		m.start[c+1]++
		arcs[c] += g.Offsets[v+1] - g.Offsets[v]
	}
	for c := range count {
		m.start[c+1] += m.start[c]
	}
	for v, c := range of {
		m.list[m.start[c]+m.place[v]] = uint32(v)
	}
	m.bySize = make([]uint32, count)
	for c := range m.bySize {
		m.bySize[c] = uint32(c)
	}
	slices.SortFunc(m.bySize, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(arcs[b], arcs[a]), cmp.Compare(a, b))
	})
	return m, nil
}

// in lists the members of a community. The slice is shared.
func (m *members) in(c uint32) []uint32 { return m.list[m.start[c]:m.start[c+1]] }
