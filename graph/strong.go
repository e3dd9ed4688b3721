package graph

import "fmt"

// StrongComponents labels the strongly connected components of a square graph:
// two vertices have the same label when paths along the arcs lead from each to
// the other. Labels are 0, 1, 2 … in the order of each component's smallest
// vertex, so they depend on nothing but the graph. A vertex that is on no cycle is
// a component of its own; an empty graph has none. In an undirected graph the
// components are those of Components. It panics on a rectangular graph, whose rows
// and columns are different vertices.
//
// R. Tarjan's search (doi:10.1137/0201010) in the form of D. J. Pearce
// (doi:10.1016/j.ipl.2015.08.010), which needs one number a vertex, without
// recursion. O(n+m) time, 4 bytes a vertex beside the labels, and 16 for each
// vertex of the longest path that the search goes down. progress, which may be nil, is
// told of the vertices whose component is known or that wait for it.
func (g *Graph) StrongComponents(progress Progress) (labels []uint32, count int) {
	n := g.Rows()
	if uint64(n) != uint64(g.Cols) && n > 0 {
		panic(fmt.Sprintf("graph: strong components of %d rows and %d columns", n, g.Cols))
	}
	// index is 0 where the search has not been, then the smallest number in
	// order of discovery that is known to be reached, and in the end the number
	// of the component, counted down from n-1: above every number of discovery
	// that is still in use.
	index := make([]uint32, n)
	// open are the vertices that have been left without their component being
	// complete.
	open := make([]uint32, 0, n)
	type step struct {
		v    uint32
		root bool // nothing discovered before v is known to be reached
		next uint64
	}
	var path []step
	discovered, component, left := uint32(0), uint32(n), 0
	for s := range index {
		if index[s] != 0 {
			continue
		}
		discovered++
		index[s] = discovered
		path = append(path, step{uint32(s), true, g.Offsets[s]})
		for len(path) > 0 {
			at := &path[len(path)-1]
			v := at.v
			if at.next < g.Offsets[v+1] {
				w := g.Targets[at.next]
				if index[w] == 0 {
					discovered++
					index[w] = discovered
					path = append(path, step{w, true, g.Offsets[w]})
					continue // at looks at w again once w is done
				}
				if index[w] < index[v] {
					index[v] = index[w]
					at.root = false
				}
				at.next++
				continue
			}
			root := at.root
			path = path[:len(path)-1]
			if left++; left%progressStep == 0 || left == n {
				progress.Report("strong components", int64(left), int64(n))
			}
			if !root {
				open = append(open, v)
				continue
			}
			component--
			discovered--
			for len(open) > 0 && index[open[len(open)-1]] >= index[v] {
				index[open[len(open)-1]] = component
				open = open[:len(open)-1]
				discovered--
			}
			index[v] = component
		}
	}
	// The last component that can be found has number 0, which stands for
	// vertices not found as well, but then there are none of those.
	names := open[:n]
	clear(names)
	for v, c := range index {
		if names[c] == 0 {
			count++
			names[c] = uint32(count)
		}
		index[v] = names[c] - 1
	}
	return index, count
}
