package influence_test

import (
	"math"
	"slices"

	"kith/graph"
	"kith/influence"
)

// brutePaths has for each pair of vertices the distance and the number of
// shortest paths, found the slow way: distances by relaxing all arcs until nothing
// changes, numbers by summing up over the last arc in order of distance.
func brutePaths(g *graph.Graph, length influence.Length) (far, number [][]float64) {
	n := g.Rows()
	arcs := arcsBothWays(g)
	for i := range arcs {
		switch length {
		case influence.LengthOne:
			arcs[i].length = 1
		case influence.LengthInverse:
			arcs[i].length = 1 / arcs[i].length
		}
	}
	for s := range n {
		d, k := make([]float64, n), make([]float64, n)
		for v := range d {
			d[v] = math.Inf(1)
		}
		d[s], k[s] = 0, 1
		for again := true; again; {
			again = false
			for _, a := range arcs {
				if x := d[a.from] + a.length; x < d[a.to] {
					d[a.to], again = x, true
				}
			}
		}
		order := make([]int, n)
		for v := range order {
			order[v] = v
		}
		slices.SortStableFunc(order, func(a, b int) int {
			switch {
			case d[a] < d[b]:
				return -1
			case d[a] > d[b]:
				return 1
			}
			return 0
		})
		for _, v := range order {
			for _, a := range arcs {
				if int(a.to) == v && a.from != a.to && !math.IsInf(d[v], 1) && alike(d[a.from]+a.length, d[v]) {
					k[v] += k[a.from]
				}
			}
		}
		far, number = append(far, d), append(number, k)
	}
	return far, number
}

func alike(a, b float64) bool { return math.Abs(a-b) <= 1e-9*math.Abs(b) }

type lengthArc struct {
	from, to uint32
	length   float64
}

func arcsBothWays(g *graph.Graph) []lengthArc {
	var arcs []lengthArc
	for u := range uint32(g.Rows()) {
		w := g.WeightsOf(u)
		for i, v := range g.Neighbours(u) {
			a := lengthArc{u, v, 1}
			if w != nil {
				a.length = float64(w[i])
			}
			arcs = append(arcs, a)
		}
	}
	return arcs
}

// bruteBetween is the definition: of the shortest paths from s to t, the share
// that has v in between is number(s,v)·number(v,t)/number(s,t) where v is on the
// way. from says which s count.
func bruteBetween(g *graph.Graph, length influence.Length, from func(s int) bool) []float64 {
	far, number := brutePaths(g, length)
	b := make([]float64, g.Rows())
	for v := range b {
		for s := range b {
			for t := range b {
				if from(s) && s != v && t != v && s != t && !math.IsInf(far[s][t], 1) && alike(far[s][v]+far[v][t], far[s][t]) {
					b[v] += number[s][v] * number[v][t] / number[s][t]
				}
			}
		}
		if g.Undirected {
			b[v] /= 2
		}
	}
	return b
}

// bruteClose is the sum of 1/distance to all others.
func bruteClose(g *graph.Graph, length influence.Length) []float64 {
	far, _ := brutePaths(g, length)
	c := make([]float64, g.Rows())
	for v, row := range far {
		for u, d := range row {
			if u != v {
				c[v] += 1 / d
			}
		}
	}
	return c
}
