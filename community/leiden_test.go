package community

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	gonum "gonum.org/v1/gonum/graph"
	oracle "gonum.org/v1/gonum/graph/community"
	"gonum.org/v1/gonum/graph/simple"
	"pgregory.net/rapid"

	"kith/graph"
	"kith/graph/graphtest"
)

// undirected builds a graph of n vertices from edges, each given once.
func undirected(t testing.TB, n int, edges [][2]uint32, weights []float32) *graph.Graph {
	t.Helper()
	from, to := make([]uint32, len(edges)), make([]uint32, len(edges))
	for i, e := range edges {
		from[i], to[i] = e[0], e[1]
	}
	g, _, err := graph.Build(context.Background(), graph.BuildOptions{Rows: uint32(n), Undirected: true}, from, to, weights)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func leiden(t testing.TB, g *graph.Graph, o Options) *Hierarchy {
	t.Helper()
	h, err := Leiden(context.Background(), g, o)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func modularity(t testing.TB, g *graph.Graph, p Partition, resolution float64) float64 {
	t.Helper()
	q, err := Modularity(g, p, resolution)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// verify is independent of how the hierarchy was made: every level is a full
// partition numbered canonically and lies in the next, and each of its
// communities is connected, by breadth-first search.
func verify(t interface {
	Helper()
	Fatalf(string, ...any)
}, g *graph.Graph, h *Hierarchy, connected bool) {
	t.Helper()
	if len(h.Levels) == 0 {
		t.Fatalf("the hierarchy has no level")
	}
	for i, p := range h.Levels {
		if err := p.Check(g.Rows()); err != nil {
			t.Fatalf("level %d: %v", i, err)
		}
		if !canonicallyNumbered(p) {
			t.Fatalf("level %d is not numbered by size and first vertex", i)
		}
		if connected {
			if c, ok := unconnected(g, p); ok {
				t.Fatalf("level %d: community %d is not connected", i, c)
			}
		}
		if i == 0 {
			continue
		}
		fine := h.Levels[i-1]
		if fine.Count <= p.Count {
			t.Fatalf("levels %d and %d have %d and %d communities", i-1, i, fine.Count, p.Count)
		}
		parent := h.Parents(i - 1)
		for v, c := range fine.Of {
			if parent[c] != p.Of[v] {
				t.Fatalf("community %d of level %d lies in several of level %d", c, i-1, i)
			}
		}
	}
}

func canonicallyNumbered(p Partition) bool {
	size, first := make([]int, p.Count), make([]int, p.Count)
	for v := len(p.Of) - 1; v >= 0; v-- {
		size[p.Of[v]]++
		first[p.Of[v]] = v
	}
	for c := 1; c < p.Count; c++ {
		if size[c] > size[c-1] || size[c] == size[c-1] && first[c] < first[c-1] {
			return false
		}
	}
	return true
}

func unconnected(g *graph.Graph, p Partition) (uint32, bool) {
	seen := make([]bool, g.Rows())
	started := make([]bool, p.Count)
	var todo []uint32
	for v, c := range p.Of {
		if seen[v] {
			continue
		}
		if started[c] {
			return c, true
		}
		started[c] = true
		seen[v] = true
		todo = append(todo[:0], uint32(v))
		for len(todo) > 0 {
			u := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			for _, t := range g.Neighbours(u) {
				if p.Of[t] == c && !seen[t] {
					seen[t] = true
					todo = append(todo, t)
				}
			}
		}
	}
	return 0, false
}

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
			h := leiden(t, karate.Graph, Options{Seed: seed, Objective: objective, Resolution: resolution, UntilStable: true})
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

// drawn is a random graph of n vertices whose ties are there with probability p.
func drawn(t testing.TB, r *rand.Rand, n int, p float64, weighted, loops bool) *graph.Graph {
	t.Helper()
	var edges [][2]uint32
	var weights []float32
	for u := range uint32(n) {
		for v := u; v < uint32(n); v++ {
			if r.Float64() > p || u == v && !loops {
				continue
			}
			edges = append(edges, [2]uint32{u, v})
			weights = append(weights, float32(1+r.IntN(9))/4)
		}
	}
	if !weighted {
		weights = nil
	}
	return undirected(t, n, edges, weights)
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
		for _, objective := range []Objective{ModularityObjective, CPMObjective} {
			resolution, quality := []float64{1, .5, 2}[i%3], Modularity
			if objective == CPMObjective {
				quality = CPM
			}
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
				h := leiden(t, g, Options{Seed: seed, Resolution: resolution, Objective: objective, UntilStable: true})
				verify(t, g, h, true)
				best = max(best, value(h.Top()))
			}
			if best > optimum+1e-12 || best < optimum-1e-12 {
				t.Errorf("graph %d of %d vertices, objective %d, resolution %g: %.12f, optimum %.12f", i, n, objective, resolution, best, optimum)
			}
		}
	}
}

func asGonum(g *graph.Graph) gonum.Undirected {
	out := simple.NewWeightedUndirectedGraph(0, 0)
	for v := range g.Rows() {
		out.AddNode(simple.Node(v))
	}
	for v := range uint32(g.Rows()) {
		for _, t := range g.Neighbours(v) {
			if v < t {
				out.SetWeightedEdge(simple.WeightedEdge{F: simple.Node(v), T: simple.Node(t), W: float64(g.Weight(v, t))})
			}
		}
	}
	return out
}

func asNodes(p Partition) [][]gonum.Node {
	sets := make([][]gonum.Node, p.Count)
	for v, c := range p.Of {
		sets[c] = append(sets[c], simple.Node(v))
	}
	return sets
}

// gonum's Louvain is an independent program; Leiden may not do worse.
func TestLeidenAgainstGonum(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for i := range 12 {
		g := drawn(t, r, 40, .12, i%2 == 0, false)
		resolution := []float64{1, .6, 1.5}[i%3]
		theirs := oracle.Modularize(asGonum(g), resolution, nil)
		best := math.Inf(-1)
		for seed := range uint64(4) {
			h := leiden(t, g, Options{Seed: seed, Resolution: resolution, UntilStable: true})
			q := modularity(t, g, h.Top(), resolution)
			if want := oracle.Q(asGonum(g), asNodes(h.Top()), resolution); math.Abs(q-want) > 1e-12 {
				t.Fatalf("graph %d: modularity %v, gonum says %v", i, q, want)
			}
			best = max(best, q)
		}
		if q := oracle.Q(asGonum(g), theirs.Communities(), resolution); best < q-1e-9 {
			t.Errorf("graph %d: modularity %.6f, gonum's Louvain reaches %.6f", i, best, q)
		}
	}
}

// benchmarkGraphs are large enough for windows, several parts and both ways of
// aggregating.
func benchmarkGraphs(t testing.TB) map[string]*graph.Graph {
	t.Helper()
	from, to := graphtest.RMAT(12, 8, 1)
	rmat, _, err := graph.Build(context.Background(), graph.BuildOptions{Rows: 1 << 12, Undirected: true, Merge: graph.MergeOnce}, from, to, nil)
	if err != nil {
		t.Fatal(err)
	}
	summed, _, err := graph.Build(context.Background(), graph.BuildOptions{Rows: 1 << 12, Undirected: true}, from, to, nil)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]*graph.Graph{
		"planted":            graphtest.Planted(graphtest.PlantedOptions{Vertices: 5000, MeanDegree: 12, Mixing: .4, Seed: 1}).Graph(),
		"planted, weighted":  graphtest.Planted(graphtest.PlantedOptions{Vertices: 4000, Mixing: .5, WeightMixing: .3, Seed: 2}).Graph(),
		"R-MAT with loops":   rmat,
		"R-MAT with weights": summed,
	}
}

func TestSameAnswerForAnyNumberOfThreads(t *testing.T) {
	for name, g := range benchmarkGraphs(t) {
		for algorithm, run := range map[string]func(threads int) (any, error){
			"Leiden": func(threads int) (any, error) {
				return Leiden(t.Context(), g, Options{Seed: 7, Threads: threads})
			},
			"Leiden by CPM": func(threads int) (any, error) {
				return Leiden(t.Context(), g, Options{Seed: 7, Threads: threads, Objective: CPMObjective, Resolution: .05})
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
				for _, threads := range []int{0, 2, 3, 8} {
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

// Laws that hold whatever the graph.
func TestLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := graphtest.Draw(t, "graph", graphtest.DrawOptions{Undirected: true, Weighted: rapid.Bool().Draw(t, "weighted")})
		o := Options{Seed: rapid.Uint64().Draw(t, "seed"), Resolution: rapid.SampledFrom([]float64{.3, 1, 3}).Draw(t, "resolution")}
		h, err := Leiden(context.Background(), g, o)
		if err != nil {
			t.Fatal(err)
		}
		verify(t, g, h, true)

		// A further run from the answer can only raise it.
		q, _ := Modularity(g, h.Top(), o.Resolution)
		top := h.Top()
		again := o
		again.Start = &top
		h2, err := Leiden(context.Background(), g, again)
		if err != nil {
			t.Fatal(err)
		}
		q2, _ := Modularity(g, h2.Top(), o.Resolution)
		if q2 < q-1e-12 {
			t.Fatalf("a warm start lowers modularity from %v to %v", q, q2)
		}
		alone := make([]uint32, g.Rows())
		for v := range alone {
			alone[v] = uint32(v)
		}
		if q0, _ := Modularity(g, Partition{Of: alone, Count: len(alone)}, o.Resolution); q < q0-1e-12 {
			t.Fatalf("modularity %v is below %v of single vertices", q, q0)
		}

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

func TestOddGraphs(t *testing.T) {
	clique := func(n uint32, w float32) *graph.Graph {
		var edges [][2]uint32
		var weights []float32
		for u := range n {
			for v := range u {
				edges = append(edges, [2]uint32{u, v})
				weights = append(weights, w)
			}
		}
		return undirected(t, int(n), edges, weights)
	}
	loops := undirected(t, 3, [][2]uint32{{0, 0}, {1, 1}, {2, 2}}, []float32{1, 2, 3})
	heavyLoop := undirected(t, 4, [][2]uint32{{0, 0}, {0, 1}, {1, 2}, {2, 3}}, []float32{1e38, 1, 1, 1})
	zero := undirected(t, 3, [][2]uint32{{0, 1}, {1, 2}}, nil)
	zero.Weights = make([]float32, 4)
	pairs := undirected(t, 5, [][2]uint32{{0, 1}, {2, 3}}, nil)
	huge := clique(40, 1e38)
	tiny := clique(40, 1e-44)
	for _, c := range []struct {
		name        string
		g           *graph.Graph
		communities int
	}{
		{"no vertices", &graph.Graph{Undirected: true}, 0},
		{"no vertices, offsets", &graph.Graph{Undirected: true, Offsets: []uint64{0}}, 0},
		{"one vertex", undirected(t, 1, nil, nil), 1},
		{"no ties", undirected(t, 4, nil, nil), 4},
		{"loops only", loops, 3},
		{"a heavy loop", heavyLoop, 2}, // to join the vertex with the loop costs 2, the tie gains 1,
		{"weights of zero", zero, 3},
		{"two pairs and one alone", pairs, 3},
		{"complete", clique(30, 1), 1},
		{"huge weights", huge, 1},
		{"tiny weights", tiny, 1},
		{"repeated ties", undirected(t, 2, [][2]uint32{{0, 1}, {1, 0}, {0, 1}}, nil), 1},
	} {
		for name, run := range map[string]func() (*Hierarchy, error){
			"Leiden":  func() (*Hierarchy, error) { return Leiden(t.Context(), c.g, Options{UntilStable: true}) },
			"Louvain": func() (*Hierarchy, error) { return Louvain(t.Context(), c.g, Options{}) },
			"Nested":  func() (*Hierarchy, error) { return Nested(t.Context(), c.g, NestedOptions{MaxSize: 2}) },
		} {
			h, err := run()
			if err != nil {
				t.Errorf("%s: %s: %v", c.name, name, err)
				continue
			}
			verify(t, c.g, h, true)
			if got := h.Top().Count; got != c.communities {
				t.Errorf("%s: %s finds %d communities; want %d", c.name, name, got, c.communities)
			}
		}
		p, err := LabelPropagation(t.Context(), c.g, PropagationOptions{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		verify(t, c.g, &Hierarchy{Levels: []Partition{p}}, true)
	}
}

// A hub with very many leaves must not cost time in the square of its degree.
func TestStar(t *testing.T) {
	const leaves = 1_000_000
	g := &graph.Graph{Cols: leaves + 1, Undirected: true, Offsets: make([]uint64, leaves+2), Targets: make([]uint32, 2*leaves)}
	for v := range uint32(leaves) {
		g.Targets[v] = v + 1
		g.Offsets[v+1] = uint64(leaves + v)
	}
	g.Offsets[leaves+1] = 2 * leaves
	h := leiden(t, g, Options{Iterations: 1})
	if top := h.Top(); top.Count != 1 {
		t.Errorf("a star has %d communities", top.Count)
	}
}

func TestRefusedInput(t *testing.T) {
	g := undirected(t, 3, [][2]uint32{{0, 1}, {1, 2}}, nil)
	directed, _, err := graph.Build(t.Context(), graph.BuildOptions{Rows: 2}, []uint32{0}, []uint32{1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	weighing := func(w float32) *graph.Graph {
		bad := *g
		bad.Weights = []float32{w, w, 1, 1}
		return &bad
	}
	for _, c := range []struct {
		name, want string
		g          *graph.Graph
		o          Options
	}{
		{"nil", "no graph", nil, Options{}},
		{"directed", "graph is directed; make it undirected first", directed, Options{}},
		{"rectangular", "1 rows and 3 columns", &graph.Graph{Offsets: []uint64{0, 0}, Cols: 3, Undirected: true}, Options{}},
		{"negative weight", "negative", weighing(-1), Options{}},
		{"infinite weight", "infinite", weighing(float32(math.Inf(1))), Options{}},
		{"not a number", "not a number", weighing(float32(math.NaN())), Options{}},
		{"negative resolution", "positive", g, Options{Resolution: -1}},
		{"resolution not a number", "positive", g, Options{Resolution: math.NaN()}},
		{"infinite resolution", "positive", g, Options{Resolution: math.Inf(1)}},
		{"unknown objective", "objective 9", g, Options{Objective: 9}},
		{"short start", "2 entries for 3 vertices", g, Options{Start: &Partition{Of: []uint32{0, 0}, Count: 1}}},
		{"start out of range", "vertex 1 is in community 5", g, Options{Start: &Partition{Of: []uint32{0, 5, 0}, Count: 1}}},
	} {
		for name, run := range map[string]func(context.Context, *graph.Graph, Options) (*Hierarchy, error){"Leiden": Leiden, "Louvain": Louvain} {
			if _, err := run(t.Context(), c.g, c.o); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %s says %v; want %q in it", c.name, name, err, c.want)
			}
		}
	}
}

func TestCancelledContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	g := graphtest.Karate().Graph
	if _, err := Leiden(ctx, g, Options{}); err == nil {
		t.Error("Leiden goes on after its context ended")
	}
	if _, err := Nested(ctx, g, NestedOptions{}); err == nil {
		t.Error("Nested goes on after its context ended")
	}
	if _, err := LabelPropagation(ctx, g, PropagationOptions{}); err == nil {
		t.Error("LabelPropagation goes on after its context ended")
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
	many := leiden(t, g, Options{UntilStable: true})
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
