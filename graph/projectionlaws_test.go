package graph_test

import (
	"context"
	"math"
	"testing"

	"pgregory.net/rapid"

	"kith/graph"
	"kith/graph/graphtest"
)

// naiveSimilarity computes one similarity in float64 by its definition.
func naiveSimilarity(g *graph.Graph, opt graph.ProjectOptions, u, v uint32) float64 {
	active := 0
	degree := make([]int, g.Cols)
	for x := range uint32(g.Rows()) {
		if g.Degree(x) > 0 {
			active++
		}
		for _, p := range g.Neighbours(x) {
			degree[p]++
		}
	}
	dot := func(u, v uint32) (weighted, shared float64) {
		for p := range g.Cols {
			a, b := float64(g.Weight(u, p)), float64(g.Weight(v, p))
			if a == 0 || b == 0 || (opt.MaxDegree > 0 && degree[p] > opt.MaxDegree) {
				continue
			}
			shared++
			if opt.Weighting == graph.CosineIDF {
				a *= math.Log(float64(active) / float64(degree[p]))
			}
			weighted += a * b
		}
		return weighted, shared
	}
	uv, shared := dot(u, v)
	uu, sizeU := dot(u, u)
	vv, sizeV := dot(v, v)
	if shared == 0 {
		return 0
	}
	switch opt.Weighting {
	case graph.Jaccard:
		return shared / (sizeU + sizeV - shared)
	case graph.Overlap:
		return shared / min(sizeU, sizeV)
	case graph.Count:
		return shared
	}
	if uv == 0 {
		return 0
	}
	return uv / math.Sqrt(uu*vv)
}

func turned(g *graph.Graph) *graph.Graph {
	out, err := g.Transpose(context.Background(), 1)
	if err != nil {
		panic(err)
	}
	return out
}

// checkNear verifies every row by the definition: similarities are right, no
// vertex left out is more like u than one that is in, and the row is full unless
// nobody else is alike.
func checkNear(t *rapid.T, g *graph.Graph, opt graph.ProjectOptions, near *graph.Graph) {
	if err := near.Validate(); err != nil {
		t.Fatal(err)
	}
	if opt.Side == graph.SideColumns {
		g = turned(g)
	}
	if near.Rows() != g.Rows() || int(near.Cols) != g.Rows() {
		t.Fatalf("%d rows and %d columns for %d vertices", near.Rows(), near.Cols, g.Rows())
	}
	k := opt.K
	if k == 0 {
		k = 20
	}
	const eps = 2e-6
	for u := range uint32(g.Rows()) {
		least, outside, n := math.Inf(1), 0.0, 0
		for v := range uint32(g.Rows()) {
			want := naiveSimilarity(g, opt, u, v)
			got := float64(near.Weight(u, v))
			switch {
			case u == v && got != 0:
				t.Fatalf("%d is its own neighbour", u)
			case u == v:
			case got != 0:
				if math.Abs(got-want) > eps*max(1, want) || got < float64(opt.MinWeight) {
					t.Fatalf("%d and %d are alike by %v, want %v", u, v, got, want)
				}
				least = min(least, want)
				n++
			case want >= float64(opt.MinWeight)+eps:
				outside = max(outside, want)
			}
		}
		if n > k || (n < k && outside > eps) || outside > least+eps {
			t.Fatalf("row %d has %d of %d neighbours, the least alike by %v, but %v is left out", u, n, k, least, outside)
		}
	}
}

func TestProjectLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := graphtest.Draw(t, "g", graphtest.DrawOptions{Vertices: 14, Columns: 10, Weighted: rapid.Bool().Draw(t, "weighted")})
		opt := graph.ProjectOptions{
			K:         rapid.IntRange(0, 6).Draw(t, "k"),
			Side:      rapid.SampledFrom([]graph.Side{graph.SideRows, graph.SideColumns}).Draw(t, "side"),
			Weighting: rapid.SampledFrom([]graph.Weighting{graph.CosineIDF, graph.Cosine, graph.Jaccard, graph.Overlap, graph.Count}).Draw(t, "weighting"),
			MinWeight: rapid.SampledFrom([]float32{0, 0, .3, 2}).Draw(t, "minimum"),
			MaxDegree: rapid.SampledFrom([]int{0, 0, 3}).Draw(t, "cap"),
			Threads:   rapid.IntRange(1, 3).Draw(t, "threads"),
		}
		near := project(t, g, opt)
		checkNear(t, g, opt, near)
		if g.Weights != nil { // a power of two changes no bit of a cosine
			scaled := *g
			scaled.Weights = make([]float32, len(g.Weights))
			for i, w := range g.Weights {
				scaled.Weights[i] = 4 * w
			}
			if !equal(near, project(t, &scaled, opt)) {
				t.Fatal("scaling the weights changed the neighbours")
			}
		}
		// The other side's names, and vertices without ties, have no say.
		other := turned(g)
		other.Cols += 2
		other.Offsets = append([]uint64{0, 0}, other.Offsets...)
		padded := turned(other)
		wide := project(t, padded, opt)
		if opt.Side == graph.SideColumns {
			for i := range wide.Targets {
				wide.Targets[i] -= 2
			}
			wide.Offsets, wide.Cols = wide.Offsets[2:], wide.Cols-2
		} else {
			wide.Offsets, wide.Cols = wide.Offsets[:len(wide.Offsets)-2], wide.Cols-2
		}
		if !equal(near, wide) {
			t.Fatal("vertices without ties changed the neighbours")
		}
	})
}
