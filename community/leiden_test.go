package community

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	oracle "gonum.org/v1/gonum/graph/community"
	"pgregory.net/rapid"

	"kith/graph"
	"kith/graph/graphtest"
)

// Two triangles joined by one tie: in_c = 3, K_c = 7, m = 7, so that
// Q = 2·(3/7 - 1/4) = 5/14.
func TestLeidenOnTwoTriangles(t *testing.T) {
	g := undirected(t, 6, [][2]uint32{{0, 1}, {1, 2}, {0, 2}, {3, 4}, {4, 5}, {3, 5}, {2, 3}}, nil)
	h := leiden(t, g, Options{})
	want := Partition{Of: []uint32{0, 0, 0, 1, 1, 1}, Count: 2}
	if diff := cmp.Diff(want, h.Top()); diff != "" {
		t.Errorf("communities (-want +got):\n%s", diff)
	}
	if q := modularity(t, g, h.Top(), 0); math.Abs(q-5./14) > 1e-15 {
		t.Errorf("modularity %v; want 5/14", q)
	}
}

// The optimum of the karate club is proved, that of a ring of cliques plain; the
// values for CPM were calculated with python-igraph 1.0.0
// (community_leiden("CPM", n_iterations=-1), the best of 50 runs), whose
// normalised quality x is (2H - γ·34)/156.
func TestLeidenReachesPublishedOptima(t *testing.T) {
	karate := graphtest.Karate()
	best := func(objective Objective, resolution float64, quality func(*graph.Graph, Partition, float64) (float64, error)) (q float64, communities int) {
		q = math.Inf(-1)
		for seed := range uint64(10) {
			h := leiden(t, karate.Graph, Options{Seed: seed, Objective: objective, Resolution: resolution, Effort: FullEffort})
			verify(t, karate.Graph, h, true)
			x, err := quality(karate.Graph, h.Top(), resolution)
			if err != nil {
				t.Fatal(err)
			}
			if x > q {
				q, communities = x, h.Top().Count
			}
		}
		return q, communities
	}
	if q, k := best(ModularityObjective, 1, Modularity); math.Abs(q-karate.BestModularity) > 1e-4 || k != 4 {
		t.Errorf("karate club: modularity %.6f in %d communities; want %.4f in 4", q, k, karate.BestModularity)
	}
	for _, c := range []struct {
		resolution, normalised float64
		communities            int
	}{{.1, .5307692307692309, 5}, {.2, .34871794871794864, 7}, {.3, .21794871794871803, 13}} {
		want := (c.normalised*156 + c.resolution*34) / 2
		if h, k := best(CPMObjective, c.resolution, CPM); h < want-1e-9 {
			t.Errorf("karate club, CPM at %g: %.6f in %d communities; want %.6f in %d", c.resolution, h, k, want, c.communities)
		}
	}
	ring := graphtest.RingOfCliques(10, 5)
	h := leiden(t, ring.Graph, Options{})
	// Ten cliques of ten ties each and ten ties around: Q = 10·(10/110 - 1/100).
	if q := modularity(t, ring.Graph, h.Top(), 1); math.Abs(q-(100./110-.1)) > 1e-12 {
		t.Errorf("ring of cliques: modularity %v; want %v", q, 100./110-.1)
	}
}

// The optima are proved in D. Aloise et al., doi:10.1103/PhysRevE.82.046112, and
// given there to four places.
func TestLeidenReachesPublishedOptimaOnRealData(t *testing.T) {
	for _, c := range []struct {
		path    string
		optimum float64
	}{{"classic-gml/dolphins.gml", .5285}, {"classic-gml/football.gml", .6046}} {
		t.Run(c.path, func(t *testing.T) {
			g := graphtest.ReadGML(t, graphtest.Data(t, c.path)).Graph
			best := 0.0
			for seed := range uint64(30) {
				best = max(best, modularity(t, g, leiden(t, g, Options{Seed: seed, Effort: FullEffort}).Top(), 1))
			}
			if math.Abs(best-c.optimum) > 5e-5 {
				t.Errorf("the best modularity is %.5f; the optimum is %.4f", best, c.optimum)
			}
		})
	}
}

// everyPartition calls visit with each partition of n vertices (restricted
// growth strings).
func everyPartition(n int, visit func(Partition)) {
	of := make([]uint32, n)
	var grow func(v int, count uint32)
	grow = func(v int, count uint32) {
		if v == n {
			visit(Partition{Of: of, Count: int(count)})
			return
		}
		for c := range count + 1 {
			of[v] = c
			grow(v+1, max(count, c+1))
		}
	}
	grow(0, 0)
}

// The best of a few seeds is the true optimum, found by trying all partitions.
func TestLeidenAgainstAllPartitions(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 60 {
		n := 1 + i%8
		g := drawn(t, r, n, .3+.5*r.Float64(), i%2 == 0, i%3 == 0)
		for _, objective := range []Objective{ModularityObjective, CPMObjective, MapObjective} {
			resolution := []float64{1, .5, 2}[i%3]
			quality := qualityOf(objective)
			value := func(p Partition) float64 {
				q, err := quality(g, p, resolution)
				if err != nil {
					t.Fatal(err)
				}
				return q
			}
			optimum := math.Inf(-1)
			everyPartition(n, func(p Partition) { optimum = max(optimum, value(p)) })
			best := math.Inf(-1)
			for seed := range uint64(8) {
				h := leiden(t, g, Options{Seed: seed, Resolution: resolution, Objective: objective, Effort: FullEffort})
				verify(t, g, h, true)
				best = max(best, value(h.Top()))
			}
			if best > optimum+1e-12 || best < optimum-1e-12 {
				t.Errorf("graph %d of %d vertices, objective %d, resolution %g: %.12f, optimum %.12f", i, n, objective, resolution, best, optimum)
			}
		}
	}
}

// qualityOf is what an objective maximises.
func qualityOf(objective Objective) func(*graph.Graph, Partition, float64) (float64, error) {
	switch objective {
	case CPMObjective:
		return CPM
	case MapObjective:
		return func(g *graph.Graph, p Partition, resolution float64) (float64, error) {
			bits, err := Codelength(g, p, resolution)
			return -bits, err
		}
	default:
		return Modularity
	}
}

// gonum's Louvain is an independent program; Leiden may not do worse.
// Both search by chance, so as many runs of gonum's Louvain, of which each has its
// own numbers, are held against as many seeds, by their best and by their means.
func TestLeidenAgainstGonum(t *testing.T) {
	const runs = 40
	r := rand.New(rand.NewPCG(3, 4))
	for i := range 12 {
		g := drawn(t, r, 40, .12, i%2 == 0, false)
		their := asGonum(g)
		resolution := []float64{1, .6, 1.5}[i%3]
		var best, mean, theirBest, theirMean float64
		for seed := range uint64(runs) {
			h := leiden(t, g, Options{Seed: seed, Resolution: resolution, Effort: FullEffort})
			q := modularity(t, g, h.Top(), resolution)
			if want := oracle.Q(their, asNodes(h.Top()), resolution); math.Abs(q-want) > 1e-12 {
				t.Fatalf("graph %d: modularity %v, gonum says %v", i, q, want)
			}
			best, mean = max(best, q), mean+q/runs
			q = oracle.Q(their, oracle.Modularize(their, resolution, rand.NewPCG(seed, 1)).Communities(), resolution)
			theirBest, theirMean = max(theirBest, q), theirMean+q/runs
		}
		if best < theirBest-1e-9 || mean < theirMean {
			t.Errorf("graph %d: modularity %.6f at best and %.6f in the mean, gonum's Louvain reaches %.6f and %.6f", i, best, mean, theirBest, theirMean)
		}
	}
}

func TestSameAnswerForAnyNumberOfThreads(t *testing.T) {
	graphs := benchmarkGraphs(t)
	for name, counts := range map[string][]int{"planted, weighted": {2, 3, 8, 16}, "R-MAT with loops": {3}} {
		g := graphs[name]
		for algorithm, run := range map[string]func(threads int) (any, error){
			"Leiden": func(threads int) (any, error) {
				return Leiden(t.Context(), g, Options{Seed: 7, Threads: threads})
			},
			"Leiden by CPM": func(threads int) (any, error) {
				return Leiden(t.Context(), g, Options{Seed: 7, Threads: threads, Objective: CPMObjective, Resolution: .05})
			},
			"Leiden by the map equation": func(threads int) (any, error) {
				return Leiden(t.Context(), g, Options{Seed: 7, Threads: threads, Objective: MapObjective})
			},
			"Louvain": func(threads int) (any, error) {
				return Louvain(t.Context(), g, Options{Seed: 7, Threads: threads})
			},
			"Nested": func(threads int) (any, error) {
				return Nested(t.Context(), g, NestedOptions{Options: Options{Seed: 7, Threads: threads}, MaxSize: 30, MinSize: 3})
			},
			"LabelPropagation": func(threads int) (any, error) {
				return LabelPropagation(t.Context(), g, PropagationOptions{Seed: 7, Threads: threads})
			},
		} {
			t.Run(name+"/"+algorithm, func(t *testing.T) {
				want, err := run(1)
				if err != nil {
					t.Fatal(err)
				}
				if h, ok := want.(*Hierarchy); ok {
					verify(t, g, h, algorithm != "Louvain")
				}
				for _, threads := range counts {
					got, err := run(threads)
					if err != nil {
						t.Fatal(err)
					}
					if diff := cmp.Diff(want, got); diff != "" {
						t.Fatalf("%d threads differ from one", threads)
					}
				}
			})
		}
	}
}

// What lets a move on a large level end early, on a smaller one: the answer does not
// depend on threads, it takes fewer looks and costs little, and where an iteration
// moves nothing nobody can gain, early ends or not.
func TestMovesThatEndEarly(t *testing.T) {
	from, to := graphtest.RMAT(13, 16, 1)
	g, _, err := graph.Build(t.Context(), graph.BuildOptions{Rows: 1 << 13, Undirected: true, Merge: graph.MergeOnce}, from, to, nil)
	if err != nil {
		t.Fatal(err)
	}
	begin := func(large, threads int) *search {
		s, err := newSearch(t.Context(), g, Options{Threads: threads})
		if err != nil {
			t.Fatal(err)
		}
		s.large = large
		return s
	}
	looks := func(large int) int64 {
		s := begin(large, 1)
		defer s.crew.dismiss()
		must(s.move(t.Context(), &s.base, stream(1)))
		return s.looks()
	}
	if few, all := looks(1), looks(math.MaxInt); few > all*9/10 {
		t.Errorf("%d looks at ties, and %d without early ends", few, all)
	}
	run := func(large, threads, most int) Partition {
		s := begin(large, threads)
		defer s.crew.dismiss()
		for i := range most {
			if must(s.iterate(t.Context(), i, true)) > 0 {
				continue
			}
			s.large, s.depth = math.MaxInt, 0
			if moved := must(s.move(t.Context(), &s.base, stream(1))); moved > 0 {
				t.Errorf("%d vertices move after an iteration that moved none", moved)
			}
			return Partition{}
		}
		return canonical(slices.Clone(s.comm), g.Rows())
	}
	want := run(1, 1, 2)
	for _, threads := range []int{2, 3, 8, 16} {
		if diff := cmp.Diff(want, run(1, threads, 2)); diff != "" {
			t.Errorf("%d threads differ from one", threads)
		}
	}
	if q, late := modularity(t, g, want, 1), modularity(t, g, run(math.MaxInt, 1, 2), 1); q < late-.001 {
		t.Errorf("modularity %.5f; without early ends %.5f", q, late)
	}
	if p := run(1, 2, 200); p.Count > 0 {
		t.Error("it does not come to rest")
	}
}

// Laws that hold whatever the graph.
func TestLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := graphtest.Draw(t, "graph", graphtest.DrawOptions{Undirected: true, Weighted: rapid.Bool().Draw(t, "weighted")})
		o := Options{
			Seed:       rapid.Uint64().Draw(t, "seed"),
			Resolution: rapid.SampledFrom([]float64{.3, 1, 3}).Draw(t, "resolution"),
			Objective:  rapid.SampledFrom([]Objective{ModularityObjective, MapObjective}).Draw(t, "objective"),
		}
		quality := qualityOf(o.Objective)
		h, err := Leiden(context.Background(), g, o)
		if err != nil {
			t.Fatal(err)
		}
		verify(t, g, h, true)

		// A further run from the answer can only raise it.
		q, _ := quality(g, h.Top(), o.Resolution)
		top := h.Top()
		again := o
		again.Start = &top
		h2, err := Leiden(context.Background(), g, again)
		if err != nil {
			t.Fatal(err)
		}
		q2, _ := quality(g, h2.Top(), o.Resolution)
		if q2 < q-1e-12 {
			t.Fatalf("a warm start lowers quality from %v to %v", q, q2)
		}
		alone := make([]uint32, g.Rows())
		for v := range alone {
			alone[v] = uint32(v)
		}
		if q0, _ := quality(g, Partition{Of: alone, Count: len(alone)}, o.Resolution); q < q0-1e-12 {
			t.Fatalf("quality %v is below %v of single vertices", q, q0)
		}

		// Whatever it starts from, the answer is connected.
		anything := canonical(rapid.SliceOfN(rapid.Uint32Range(0, 3), g.Rows(), g.Rows()).Draw(t, "start"), 4)
		again.Start, again.Iterations = &anything, 1
		h4, err := Leiden(context.Background(), g, again)
		if err != nil {
			t.Fatal(err)
		}
		verify(t, g, h4, true)

		// Weights times a power of two give the same bits; ones may be left out.
		scaled := *g
		scaled.Weights = make([]float32, g.Arcs())
		for i := range scaled.Weights {
			scaled.Weights[i] = 1
			if g.Weights != nil {
				scaled.Weights[i] = g.Weights[i] * 4
			}
		}
		h3, err := Leiden(context.Background(), &scaled, o)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(h, h3); diff != "" {
			t.Fatalf("scaled weights change the answer:\n%s", diff)
		}
	})
}

// Weights at either end of float32 give the bits of ordinary ones, though sums of
// the large ones do not fit into float32.
func TestWeightsFarFromOne(t *testing.T) {
	g := graphtest.Planted(graphtest.PlantedOptions{Vertices: 600, Mixing: .5, WeightMixing: .3, Seed: 2}).Graph()
	want := leiden(t, g, Options{})
	for _, exponent := range []int{125, -118} {
		scaled := *g
		scaled.Weights = make([]float32, g.Arcs())
		for i, w := range g.Weights {
			scaled.Weights[i] = float32(math.Ldexp(float64(w), exponent))
		}
		if diff := cmp.Diff(want, leiden(t, &scaled, Options{})); diff != "" {
			t.Errorf("weights times 2^%d give another answer", exponent)
		}
	}
}

// A loop moves with its vertex and weighs nothing in CPM, so it must not show.
func TestLoopsDoNotShowInCPM(t *testing.T) {
	p := graphtest.Planted(graphtest.PlantedOptions{Vertices: 800, Mixing: .4, Seed: 3})
	plain := p.Graph()
	for v := range uint32(800) {
		if v%3 > 0 {
			p.From, p.To = append(p.From, v), append(p.To, v)
		}
	}
	looped := p.Graph()
	for seed := range uint64(3) {
		o := Options{Seed: seed, Objective: CPMObjective, Resolution: .1}
		if diff := cmp.Diff(leiden(t, plain, o), leiden(t, looped, o)); diff != "" {
			t.Errorf("seed %d: loops change the answer", seed)
		}
	}
}

// Another numbering gives another run, of about the same quality; on a graph with
// clear communities it gives the same communities.
func TestRelabelledGraph(t *testing.T) {
	p := graphtest.Planted(graphtest.PlantedOptions{Vertices: 2000, Mixing: .2, Seed: 5})
	g := p.Graph()
	to := make([]uint32, g.Rows())
	for i, v := range rand.New(rand.NewPCG(1, 1)).Perm(len(to)) {
		to[i] = uint32(v)
	}
	a := leiden(t, g, Options{}).Top()
	b := leiden(t, graphtest.Relabel(g, to), Options{}).Top()
	back := make([]uint32, len(to))
	for v := range back {
		back[v] = b.Of[to[v]]
	}
	nmi, err := NMI(a, Partition{Of: back, Count: b.Count})
	if err != nil || nmi < .97 {
		t.Errorf("NMI of the two is %v, %v", nmi, err)
	}
}

func TestProgressAndIterations(t *testing.T) {
	var told []string
	o := Options{Iterations: 3, Progress: func(stage string, done, total int64) {
		told = append(told, fmt.Sprintf("%s %d/%d", stage, done, total))
	}}
	g := graphtest.Planted(graphtest.PlantedOptions{Vertices: 500, Mixing: .5, Seed: 3}).Graph()
	h := leiden(t, g, o)
	if len(told) < 2 || told[0] != "finding communities 0/3" || told[len(told)-1] != "finding communities 3/3" {
		t.Errorf("progress was told %q", told)
	}
	if h.Iterations > 3 {
		t.Errorf("%d iterations instead of at most 3", h.Iterations)
	}
	one := leiden(t, g, Options{Iterations: 1})
	many := leiden(t, g, Options{Effort: FullEffort})
	if q, q1 := modularity(t, g, many.Top(), 1), modularity(t, g, one.Top(), 1); !many.Stable || q < q1 {
		t.Errorf("until stable: stable %v, modularity %v after %d iterations, %v after one", many.Stable, q, many.Iterations, q1)
	}
}

// A warm start from the answer on a slightly changed graph keeps the communities.
func TestWarmStart(t *testing.T) {
	g := graphtest.Planted(graphtest.PlantedOptions{Vertices: 1000, Mixing: .3, Seed: 9}).Graph()
	p := leiden(t, g, Options{}).Top()
	of := slices.Clone(p.Of)
	h := leiden(t, g, Options{Start: &p, Iterations: 1})
	if diff := cmp.Diff(of, p.Of); diff != "" {
		t.Fatal("the start was written to")
	}
	if nmi, err := NMI(p, h.Top()); err != nil || nmi < .98 {
		t.Errorf("NMI with the start is %v, %v", nmi, err)
	}
}
