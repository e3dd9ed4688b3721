package graphtest_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"kith/graph/graphtest"
)

func TestPlanted(t *testing.T) {
	for name, o := range map[string]graphtest.PlantedOptions{
		"mu .3":           {Vertices: 3000, Mixing: .3, Seed: 1},
		"mu .5, weighted": {Vertices: 3000, Mixing: .5, WeightMixing: .3, Seed: 2},
	} {
		t.Run(name, func(t *testing.T) {
			p := graphtest.Planted(o)
			g := p.Graph()
			if err := g.Validate(); err != nil {
				t.Fatal(err)
			}
			if int(g.Edges()) != len(p.From) {
				t.Errorf("%d ties, %d of them distinct", len(p.From), g.Edges())
			}
			if mean := float64(g.Arcs()) / 3000; math.Abs(mean-20) > .7 {
				t.Errorf("mean degree %.2f", mean)
			}
			out, outWeight, weight := 0.0, 0.0, 0.0
			for i, u := range p.From {
				v := p.To[i]
				if u == v {
					t.Fatalf("a loop at %d", u)
				}
				w := 1.0
				if p.Weights != nil {
					w = float64(p.Weights[i])
				}
				weight += w
				if p.Community[u] != p.Community[v] {
					out++
					outWeight += w
				}
			}
			if mu := out / float64(len(p.From)); math.Abs(mu-o.Mixing) > .02 {
				t.Errorf("mixing %.3f", mu)
			}
			if p.Weights != nil && math.Abs(outWeight/weight-o.WeightMixing) > .02 {
				t.Errorf("weight mixing %.3f", outWeight/weight)
			}
			sizes := map[uint32]int{}
			for _, c := range p.Community {
				sizes[c]++
			}
			for c, n := range sizes {
				if n < 20 || n > 105 {
					t.Errorf("community %d has %d members", c, n)
				}
			}
			again := graphtest.Planted(o)
			if !slices.Equal(p.From, again.From) || !slices.Equal(p.To, again.To) || !slices.Equal(p.Weights, again.Weights) || !slices.Equal(p.Community, again.Community) {
				t.Error("the same seed gave another graph")
			}
			o.Seed++
			if slices.Equal(p.To, graphtest.Planted(o).To) {
				t.Error("another seed gave the same graph")
			}
		})
	}
}

// What the definition of the LFR benchmark asks for, measured on the graph: the
// exponents by maximum likelihood, the mean degree, and the mixing of every vertex.
// The degree counted is that found, rounding included, so the exponent comes out a
// little off.
func TestPlantedIsLFR(t *testing.T) {
	for name, o := range map[string]graphtest.PlantedOptions{
		"as usual":         {Mixing: .4},
		"small groups":     {Mixing: .3, MinCommunity: 10, MaxCommunity: 50},
		"steeper":          {Mixing: .6, DegreeExponent: 3, SizeExponent: 2, MeanDegree: 15, MaxDegree: 100},
		"flatter, unequal": {Mixing: .3, DegreeExponent: 2.5, SizeExponent: 1.5, MaxDegree: 200, MaxCommunity: 600},
		"mostly outside":   {Mixing: .8},
	} {
		t.Run(name, func(t *testing.T) {
			o.Vertices, o.Seed = 20000, 1
			p := graphtest.Planted(o)
			degree, away := make([]float64, o.Vertices), make([]float64, o.Vertices)
			for i, u := range p.From {
				v := p.To[i]
				degree[u]++
				degree[v]++
				if p.Community[u] != p.Community[v] {
					away[u]++
					away[v]++
				}
			}
			sizes := make([]float64, slices.Max(p.Community)+1)
			for _, c := range p.Community {
				sizes[c]++
			}
			or := func(x, otherwise float64) float64 {
				if x == 0 {
					return otherwise
				}
				return x
			}
			mean, off := 0.0, 0.0
			for v, k := range degree {
				mean += k / float64(o.Vertices)
				off += math.Abs(away[v]/k-o.Mixing) / float64(o.Vertices)
			}
			if want := or(o.MeanDegree, 20); math.Abs(mean-want) > .05*want {
				t.Errorf("mean degree %.2f; want %.0f", mean, want)
			}
			if off > .04 {
				t.Errorf("the mixing of a vertex is off by %.3f on average", off)
			}
			// The least degree is not an option, so the fit starts well above.
			slices.Sort(degree)
			if got, want := exponent(degree, degree[o.Vertices/5]+1, or(float64(o.MaxDegree), 50)), or(o.DegreeExponent, 2); math.Abs(got-want) > .2 {
				t.Errorf("degrees have exponent %.3f; want %g", got, want)
			}
			if got, want := exponent(sizes, or(float64(o.MinCommunity), 20), or(float64(o.MaxCommunity), 100)), or(o.SizeExponent, 1); math.Abs(got-want) > .3 {
				t.Errorf("%d sizes have exponent %.3f; want %g", len(sizes), got, want)
			}
		})
	}
}

// exponent is that of the power law on the whole numbers of [low, high] which is
// most likely to give the values there, by halving where the likelihood is level.
func exponent(values []float64, low, high float64) float64 {
	n, logs := 0.0, 0.0
	for _, x := range values {
		if x >= low && x <= high {
			n++
			logs += math.Log(x)
		}
	}
	least, most := -2.0, 8.0
	for range 60 {
		a := (least + most) / 2
		sum, weighted := 0.0, 0.0
		for x := low; x <= high; x++ {
			sum += math.Pow(x, -a)
			weighted += math.Pow(x, -a) * math.Log(x)
		}
		if weighted/sum > logs/n { // steeper
			least = a
		} else {
			most = a
		}
	}
	return (least + most) / 2
}

func TestPlantedSmall(t *testing.T) {
	for _, n := range []int{0, 1, 2, 15, 50} {
		p := graphtest.Planted(graphtest.PlantedOptions{Vertices: n, Mixing: .2})
		if err := p.Graph().Validate(); err != nil || p.Graph().Rows() != n || len(p.Community) != n {
			t.Errorf("%d vertices: %v", n, err)
		}
	}
}

func TestRMAT(t *testing.T) {
	from, to := graphtest.RMAT(12, 16, 1)
	if len(from) != 1<<16 || len(to) != 1<<16 {
		t.Fatalf("%d arcs", len(from))
	}
	degree := make([]int, 1<<12)
	for _, u := range from {
		degree[u]++
	}
	slices.Sort(degree)
	// A row's degree is binomial by each bit of its number: .76 against .24
	// gives the densest row .76^12 of the arcs, some 2,434, and leaves many
	// rows with next to none.
	if top := degree[len(degree)-1]; top < 2100 || top > 2800 {
		t.Errorf("largest degree %d", top)
	}
	if degree[len(degree)/2] > 12 {
		t.Errorf("median degree %d, so degrees are not skewed", degree[len(degree)/2])
	}
	again, _ := graphtest.RMAT(12, 16, 1)
	if !slices.Equal(from, again) {
		t.Error("the same seed gave another graph")
	}
	other, _ := graphtest.RMAT(12, 16, 2)
	if slices.Equal(from, other) {
		t.Error("another seed gave the same graph")
	}
}

func TestDraw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := graphtest.DrawOptions{
			Undirected: rapid.Bool().Draw(t, "undirected"),
			Weighted:   rapid.Bool().Draw(t, "weighted"),
			NoLoops:    rapid.Bool().Draw(t, "no loops"),
		}
		g := graphtest.Draw(t, "g", o)
		if err := g.Validate(); err != nil {
			t.Fatal(err)
		}
		if g.Undirected != o.Undirected || (!o.Weighted && g.Weights != nil) {
			t.Fatalf("drew %+v", g)
		}
		if o.NoLoops {
			for u := range uint32(g.Rows()) {
				if g.Weight(u, u) != 0 {
					t.Fatalf("a loop at %d", u)
				}
			}
		}
		// Relabelling back and forth changes nothing.
		to := make([]uint32, g.Rows())
		for i := range to {
			to[i] = uint32(len(to) - 1 - i)
		}
		r := graphtest.Relabel(g, to)
		if err := r.Validate(); err != nil {
			t.Fatal(err)
		}
		back := graphtest.Relabel(r, to)
		if !slices.Equal(back.Targets, g.Targets) || !slices.Equal(back.Weights, g.Weights) {
			t.Fatal("relabelling twice did not lead back")
		}
	})
}

func TestRealGML(t *testing.T) {
	for path, want := range map[string]struct{ vertices, ties, groups int }{
		"classic-gml/football.gml": {115, 613, 12},
		"classic-gml/dolphins.gml": {62, 159, 2},
		"lfr/mu-0.2.gml.gz":        {1000, 9511, 43}, // counted with awk
	} {
		t.Run(path, func(t *testing.T) {
			c := graphtest.ReadGML(t, graphtest.Data(t, path))
			groups := 0
			for _, g := range c.Groups {
				groups = max(groups, int(g)+1)
			}
			if err := c.Graph.Validate(); err != nil {
				t.Fatal(err)
			}
			if c.Graph.Rows() != want.vertices || c.Graph.Edges() != int64(want.ties) || groups != want.groups {
				t.Errorf("%d vertices, %d ties, %d groups", c.Graph.Rows(), c.Graph.Edges(), groups)
			}
		})
	}
}
