package influence

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"kith/graph"
)

// parts are the weakly connected parts of a network.
type parts struct {
	of    []uint32 // part of each vertex
	start []uint32 // part c holds list[start[c]:start[c+1]], ascending
	list  []uint32
	arcs  []uint64 // of each part
}

// newParts finds them in O(n+m).
func newParts(g *graph.Graph) *parts {
	of, count := g.Components(nil)
	p := &parts{of: of, start: make([]uint32, count+1), list: make([]uint32, len(of)), arcs: make([]uint64, count)}
	for v, c := range of {
		p.start[c+1]++
		p.arcs[c] += uint64(g.Degree(uint32(v)))
	}
	for c := range count {
		p.start[c+1] += p.start[c]
	}
	next := slices.Clone(p.start)
	for v, c := range of {
		p.list[next[c]] = uint32(v)
		next[c]++
	}
	return p
}

// in lists the vertices of a part. The slice is shared.
func (p *parts) in(c uint32) []uint32 { return p.list[p.start[c]:p.start[c+1]] }

// largest is the number of vertices of the largest part.
func (p *parts) largest() int {
	most := uint32(0)
	for c := range p.arcs {
		most = max(most, p.start[c+1]-p.start[c])
	}
	return int(most)
}

// starts lists, part by part, the vertices at which a path with another vertex
// between its ends can start.
func (p *parts) starts(g *graph.Graph) []uint32 {
	var list []uint32
	for c := range p.arcs {
		if in := p.in(uint32(c)); len(in) > 2 {
			for _, v := range in {
				if g.Degree(v) > 0 {
					list = append(list, v)
				}
			}
		}
	}
	return list
}

// drawn draws k of a list without replacement and keeps their order; 0 means all.
// It is algorithm S of D. E. Knuth, The Art of Computer Programming 2, 3.4.2.
func drawn(list []uint32, k int, seed uint64) ([]uint32, error) {
	if k < 0 {
		return nil, fmt.Errorf("%d vertices were to be drawn; it must be 0 or more", k)
	}
	if k == 0 || k >= len(list) {
		return list, nil
	}
	r := rand.New(rand.NewPCG(seed, 0x534f5552))
	some := make([]uint32, 0, k)
	for i, v := range list {
		if r.Uint64N(uint64(len(list)-i)) < uint64(k-len(some)) {
			some = append(some, v)
		}
	}
	return some, nil
}

// placesOf gives the place of each vertex in the ascending list of members.
func placesOf(vertices, members []uint32) ([]uint32, error) {
	if vertices == nil {
		return nil, nil
	}
	places := make([]uint32, len(vertices))
	for i, v := range vertices {
		k, ok := slices.BinarySearch(members, v)
		if !ok {
			return nil, fmt.Errorf("source %d is not among the %d members", v, len(members))
		}
		places[i] = uint32(k)
	}
	return places, nil
}
