package community

import (
	"context"
	"math"
	"strings"
	"testing"

	"kith/graph"
	"kith/graph/graphtest"
)

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
			"Leiden": func() (*Hierarchy, error) { return Leiden(t.Context(), c.g, Options{Effort: FullEffort}) },
			"map equation": func() (*Hierarchy, error) {
				return Leiden(t.Context(), c.g, Options{Effort: FullEffort, Objective: MapObjective})
			},
			"update": func() (*Hierarchy, error) {
				var all []uint32
				alone := Partition{Count: c.g.Rows()}
				for v := range uint32(c.g.Rows()) {
					all, alone.Of = append(all, v), append(alone.Of, v)
				}
				u, err := Update(t.Context(), c.g, alone, all, Options{Effort: FullEffort})
				if err != nil {
					return nil, err
				}
				return &Hierarchy{Levels: []Partition{u.Partition}}, nil
			},
			"Louvain": func() (*Hierarchy, error) { return Louvain(t.Context(), c.g, Options{}) },
			"Nested":  func() (*Hierarchy, error) { return Nested(t.Context(), c.g, NestedOptions{MaxSize: 2}) },
		} {
			h, err := run()
			if err != nil {
				t.Errorf("%s: %s: %v", c.name, name, err)
				continue
			}
			verify(t, c.g, h, true)
			want := c.communities
			if c.name == "a heavy loop" && name == "map equation" {
				want = 4 // flow of 1e-38 is worth no bit to speak of
			}
			if got := h.Top().Count; got != want {
				t.Errorf("%s: %s finds %d communities; want %d", c.name, name, got, want)
			}
		}
		// Of what these find only that it is whole and connected is plain.
		h := leiden(t, c.g, Options{Objective: CPMObjective})
		verify(t, c.g, h, true)
		p, err := LabelPropagation(t.Context(), c.g, PropagationOptions{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		verify(t, c.g, &Hierarchy{Levels: []Partition{p}}, true)
		m, err := Overlapping(c.g, leiden(t, c.g, Options{}).Top(), MembershipOptions{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		// No community has more to offer in any of these graphs than the own one.
		for v := range uint32(c.g.Rows()) {
			if _, degrees := m.Of(v); len(degrees) == 0 || !(degrees[0] > 0 && degrees[0] <= 1) {
				t.Errorf("%s: vertex %d belongs by %v", c.name, v, degrees)
			}
		}
	}
}

// A hub with a million leaves must not cost time in the square of its degree: the
// test would not end.
func TestStar(t *testing.T) {
	const leaves = 1_000_000
	g := star(leaves)
	h := leiden(t, g, Options{Effort: FastEffort, Threads: 1})
	if top := h.Top(); top.Count != 1 {
		t.Errorf("a star has %d communities", top.Count)
	}
	// The others need not be as large to show it.
	g = star(leaves / 50)
	h = leiden(t, g, Options{Effort: FastEffort, Objective: MapObjective})
	if top := h.Top(); top.Count != 1 {
		t.Errorf("a star has %d communities by the map equation", top.Count)
	}
	for name, find := range map[string]func(context.Context, *graph.Graph, Options) (*Hierarchy, error){
		"Louvain": Louvain,
		"Nested": func(ctx context.Context, g *graph.Graph, o Options) (*Hierarchy, error) {
			return Nested(ctx, g, NestedOptions{Options: o})
		},
	} {
		// A star has no real split, so that it stays whole in a hierarchy, too.
		h, err := find(t.Context(), g, Options{})
		if err != nil || h.Levels[0].Count != 1 {
			t.Errorf("a star has %d communities by %s, %v", h.Levels[0].Count, name, err)
		}
	}
	p, err := LabelPropagation(t.Context(), g, PropagationOptions{Sweeps: 5})
	if err != nil || p.Count != 1 {
		t.Errorf("a star has %d communities by label propagation, %v", p.Count, err)
	}
	u := updated(t, g, p, []uint32{0, 1}, Options{Effort: FastEffort})
	if m, err := Overlapping(g, u.Partition, MembershipOptions{}); err != nil || u.Count != 1 || len(m.Community) != leaves/50+1 {
		t.Errorf("a star has %d communities after an update, %v", u.Count, err)
	}
}

// star is a hub with leaves.
func star(leaves uint32) *graph.Graph {
	g := &graph.Graph{Cols: leaves + 1, Undirected: true, Offsets: make([]uint64, leaves+2), Targets: make([]uint32, 2*leaves)}
	for v := range leaves {
		g.Targets[v] = v + 1
		g.Offsets[v+1] = uint64(leaves + v)
	}
	g.Offsets[leaves+1] = uint64(2 * leaves)
	return g
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
		{"unknown effort", "effort 9", g, Options{Effort: 9}},
		{"map equation, resolution", "positive", g, Options{Objective: MapObjective, Resolution: -1}},
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

// All that look at a graph refuse the same graphs.
func TestRefusedGraphs(t *testing.T) {
	g := undirected(t, 3, [][2]uint32{{0, 1}, {1, 2}}, nil)
	directed, _, err := graph.Build(t.Context(), graph.BuildOptions{Rows: 3}, []uint32{0}, []uint32{1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	weighing := func(w float32) *graph.Graph {
		bad := *g
		bad.Weights = []float32{w, w, 2 - w, 2 - w} // sums do not give it away
		return &bad
	}
	p := of(0, 1, 2)
	for want, bad := range map[string][]*graph.Graph{
		"directed":                           {directed},
		"negative, infinite or not a number": {weighing(-1), weighing(float32(math.Inf(1))), weighing(float32(math.Inf(-1))), weighing(float32(math.NaN()))},
	} {
		for i, g := range bad {
			calls := map[string]func() error{
				"Overlapping": func() error { _, err := Overlapping(g, p, MembershipOptions{}); return err },
				"Modularity":  func() error { _, err := Modularity(g, p, 1); return err },
				"CPM":         func() error { _, err := CPM(g, p, 1); return err },
				"Coverage":    func() error { _, err := Coverage(g, p); return err },
				"Conductance": func() error { _, err := Conductance(g, p); return err },
				"Codelength":  func() error { _, err := Codelength(g, p, 1); return err },
			}
			for name, find := range finders {
				calls[name] = func() error { _, err := find(g, 1, 2); return err }
			}
			for name, call := range calls {
				if err := call(); err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("graph %d: %s says %v; want %q in it", i, name, err, want)
				}
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
