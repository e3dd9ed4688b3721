package community

import (
	"compress/gzip"
	"context"
	"encoding/csv"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kith/graph"
	"kith/graph/graphtest"
)

// finders are the algorithms that find communities.
var finders = map[string]func(g *graph.Graph, seed uint64, threads int) (Partition, error){
	"Leiden":  finder(Leiden, Options{}),
	"CPM":     finder(Leiden, Options{Objective: CPMObjective, Resolution: .1}),
	"map":     finder(Leiden, Options{Objective: MapObjective}),
	"high":    finder(Leiden, Options{Effort: HighEffort}),
	"Louvain": finder(Louvain, Options{}),
	"labels": func(g *graph.Graph, seed uint64, threads int) (Partition, error) {
		return LabelPropagation(context.Background(), g, PropagationOptions{Seed: seed, Threads: threads})
	},
	"Nested": func(g *graph.Graph, seed uint64, threads int) (Partition, error) {
		h, err := Nested(context.Background(), g, NestedOptions{Options: Options{Seed: seed, Threads: threads}, MaxSize: 3})
		if err != nil {
			return Partition{}, err
		}
		return h.Levels[0], nil
	},
	"update": func(g *graph.Graph, seed uint64, threads int) (Partition, error) {
		alone := make([]uint32, g.Rows())
		for v := range alone {
			alone[v] = uint32(v)
		}
		u, err := Update(context.Background(), g, Partition{Of: slices.Clone(alone), Count: len(alone)}, alone, Options{Seed: seed, Threads: threads})
		if err != nil {
			return Partition{}, err
		}
		return u.Partition, nil
	},
}

func finder(f func(context.Context, *graph.Graph, Options) (*Hierarchy, error), o Options) func(*graph.Graph, uint64, int) (Partition, error) {
	return func(g *graph.Graph, seed uint64, threads int) (Partition, error) {
		o.Seed, o.Threads = seed, threads
		h, err := f(context.Background(), g, o)
		if err != nil {
			return Partition{}, err
		}
		return h.Top(), nil
	}
}

// Twenty runs with as many threads as may be give the same communities.
func TestTwentyRuns(t *testing.T) {
	g := graphtest.Planted(graphtest.PlantedOptions{Vertices: 300, Mixing: .4, WeightMixing: .3, Seed: 2}).Graph()
	for name, find := range finders {
		want := must(find(g, 5, 1))
		for run := range 20 {
			if diff := cmp.Diff(want, must(find(g, 5, 1+run%16))); diff != "" {
				t.Fatalf("%s: run %d differs", name, run)
			}
		}
	}
}

// The order of the rows that a graph is built of, and their direction, do not
// show; nor does a tie given in several rows that add up.
func TestRowsInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := graphtest.Draw(t, "graph", graphtest.DrawOptions{Undirected: true, Weighted: true, Vertices: 20})
		var rows []graph.Arc
		for u := range uint32(g.Rows()) {
			for i, v := range g.Neighbours(u) {
				switch w := g.WeightsOf(u); {
				case v < u:
				case w == nil:
					rows = append(rows, graph.Arc{From: v, To: u, Weight: .5}, graph.Arc{From: u, To: v, Weight: .5})
				default:
					rows = append(rows, graph.Arc{From: v, To: u, Weight: w[i] / 2}, graph.Arc{From: u, To: v, Weight: w[i] / 2})
				}
			}
		}
		rows = rapid.Permutation(rows).Draw(t, "rows")
		again, _, err := graph.BuildArcs(context.Background(), graph.BuildOptions{Rows: uint32(g.Rows()), Undirected: true}, rows)
		if err != nil {
			t.Fatal(err)
		}
		for name, find := range finders {
			if diff := cmp.Diff(must(find(g, 1, 1)), must(find(again, 1, 2))); diff != "" {
				t.Fatalf("%s: other rows, other communities:\n%s", name, diff)
			}
		}
	})
}

// Weights times a power of two give the same communities, to the bit; the price of
// CPM is a weight, too.
func TestScaledWeights(t *testing.T) {
	g := graphtest.Planted(graphtest.PlantedOptions{Vertices: 300, Mixing: .4, WeightMixing: .3, Seed: 2}).Graph()
	scaled := *g
	scaled.Weights = slices.Clone(g.Weights)
	for i := range scaled.Weights {
		scaled.Weights[i] *= 4
	}
	for name, find := range finders {
		other := find
		if name == "CPM" {
			other = finder(Leiden, Options{Objective: CPMObjective, Resolution: 4 * .1})
		}
		if diff := cmp.Diff(must(find(g, 3, 1)), must(other(&scaled, 3, 2))); diff != "" {
			t.Errorf("%s: scaled weights change the communities", name)
		}
	}
}

// Cliques of 5 to 12 members in a ring have one answer, however their vertices are
// numbered: as no two are as large, the numbers of the communities tell, too. Labels
// may take over a neighbouring clique, so for them it is enough to cut none.
func TestNumberedInAnyOrder(t *testing.T) {
	var edges [][2]uint32
	var truth []uint32
	for size := uint32(12); size >= 5; size-- {
		first := uint32(len(truth))
		for i := range size {
			truth = append(truth, 12-size)
			for j := range i {
				edges = append(edges, [2]uint32{first + i, first + j})
			}
		}
		if first > 0 {
			edges = append(edges, [2]uint32{first - 1, first})
		}
	}
	n := len(truth)
	g := undirected(t, n, append(edges, [2]uint32{uint32(n - 1), 0}), nil)
	to := make([]uint32, n)
	for i, v := range rand.New(rand.NewPCG(1, 1)).Perm(n) {
		to[i] = uint32(v)
	}
	renumbered := graphtest.Relabel(g, to)
	for name, find := range finders {
		p := must(find(renumbered, 1, 1))
		back := make([]uint32, n)
		for v := range back {
			back[v] = p.Of[to[v]]
		}
		if name == "labels" {
			for v := range back {
				if v > 0 && truth[v] == truth[v-1] && back[v] != back[v-1] {
					t.Errorf("labels cut the clique of vertex %d", v)
				}
			}
			continue
		}
		if diff := cmp.Diff(truth, back); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// A graph beside a copy of itself. No community reaches across. For the same
// communities in both, each community's share of strength halves, so modularity
// is coverage less half of what is expected; CPM adds up; and the walk needs one
// bit more for each step between communities, as there are twice as many, while
// every other step stays within one graph.
func TestGraphBesideItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := graphtest.Draw(t, "graph", graphtest.DrawOptions{Undirected: true, Weighted: rapid.Bool().Draw(t, "weighted")})
		n := uint32(g.Rows())
		var rows []graph.Arc
		for u := range n {
			for _, v := range g.Neighbours(u) {
				if u <= v {
					w := g.Weight(u, v)
					rows = append(rows, graph.Arc{From: u, To: v, Weight: w}, graph.Arc{From: u + n, To: v + n, Weight: w})
				}
			}
		}
		twice, _, err := graph.BuildArcs(context.Background(), graph.BuildOptions{Rows: 2 * n, Undirected: true}, rows)
		if err != nil {
			t.Fatal(err)
		}
		for name, find := range finders {
			sides := map[uint32]int{}
			for v, c := range must(find(twice, 1, 1)).Of {
				sides[c] |= 1 << (v / int(n))
			}
			for c, side := range sides {
				if side == 3 {
					t.Fatalf("%s: community %d reaches across", name, c)
				}
			}
		}
		labels := rapid.SliceOfN(rapid.Uint32Range(0, 3), int(n), int(n)).Draw(t, "labels")
		p := canonical(slices.Clone(labels), 4)
		both := slices.Clone(p.Of)
		for _, c := range p.Of {
			both = append(both, c+uint32(p.Count))
		}
		pp := Partition{Of: both, Count: 2 * p.Count}
		near := func(what string, got, want float64) {
			if math.Abs(got-want) > 1e-9 {
				t.Fatalf("%s of a graph beside itself is %v; want %v", what, got, want)
			}
		}
		q, cover := must(Modularity(g, p, 1)), must(Coverage(g, p))
		near("modularity", must(Modularity(twice, pp, 1)), cover-(cover-q)/2)
		near("coverage", must(Coverage(twice, pp)), cover)
		near("CPM", must(CPM(twice, pp, .3)), 2*must(CPM(g, p, .3)))
		if cover > 0 || q != 0 { // a graph with ties
			near("codelength", must(Codelength(twice, pp, 1)), must(Codelength(g, p, 1))+(1-cover))
		}
	})
}

// Friendships on a music service, sparse and with a few very large communities,
// where it is easy to go wrong: networkit 11.2.2's ParallelLeiden reaches a
// modularity of .76973 on average over 20 seeds, and igraph 1.0.0 with two
// iterations .76752.
func TestLeidenOnSparseNetwork(t *testing.T) {
	f, err := os.Open(graphtest.Data(t, "deezer-ro/RO_edges.csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var edges [][2]uint32
	n := 0
	for _, row := range rows[1:] {
		u, err := strconv.Atoi(row[0])
		if err != nil {
			t.Fatal(err)
		}
		v, err := strconv.Atoi(row[1])
		if err != nil {
			t.Fatal(err)
		}
		n = max(n, u+1, v+1)
		edges = append(edges, [2]uint32{uint32(u), uint32(v)})
	}
	g := undirected(t, n, edges, nil)
	mean := 0.0
	const seeds = 2
	for seed := range uint64(seeds) {
		mean += modularity(t, g, leiden(t, g, Options{Seed: seed}).Top(), 1) / seeds
	}
	if mean < .76973-.0005 {
		t.Errorf("mean modularity %.5f; networkit has .76973", mean)
	}
}
