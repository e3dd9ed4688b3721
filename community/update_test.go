package community

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kith/graph"
	"kith/graph/graphtest"
)

// ties is a graph that changes: its ties by their ends, each once.
type ties struct {
	n    int
	list [][2]uint32
	seen map[[2]uint32]bool
}

func tiesOf(p *graphtest.PlantedGraph) *ties {
	s := &ties{n: p.Vertices, seen: map[[2]uint32]bool{}}
	for i, u := range p.From {
		s.add(u, p.To[i])
	}
	return s
}

func (s *ties) add(u, v uint32) bool {
	e := [2]uint32{min(u, v), max(u, v)}
	if u == v || s.seen[e] {
		return false
	}
	s.seen[e] = true
	s.list = append(s.list, e)
	return true
}

// change takes so many ties away and adds as many, half of them within the given
// groups, and says whom it touched.
func (s *ties) change(r *rand.Rand, count int, groups []uint32) (touched []uint32) {
	for range count {
		i := r.IntN(len(s.list))
		e := s.list[i]
		delete(s.seen, e)
		s.list[i] = s.list[len(s.list)-1]
		s.list = s.list[:len(s.list)-1]
		touched = append(touched, e[0], e[1])
	}
	for added := 0; added < count; {
		u, v := uint32(r.IntN(s.n)), uint32(r.IntN(s.n))
		if added%2 == 0 && groups[u] != groups[v] || !s.add(u, v) {
			continue
		}
		touched = append(touched, u, v)
		added++
	}
	return touched
}

func updated(t testing.TB, g *graph.Graph, before Partition, touched []uint32, o Options) *Updated {
	t.Helper()
	u, err := Update(context.Background(), g, before, touched, o)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// A graph changes by a fiftieth of its ties in five batches. After each the
// communities must be as good as those found from the start, within .001.
func TestUpdateIsAsGoodAsFromTheStart(t *testing.T) {
	for name, o := range map[string]Options{
		"modularity": {Seed: 1},
		"CPM":        {Seed: 1, Objective: CPMObjective, Resolution: .02},
	} {
		t.Run(name, func(t *testing.T) {
			p := graphtest.Planted(graphtest.PlantedOptions{Vertices: 2000, Mixing: .4, Seed: 3})
			s := tiesOf(p)
			r := rand.New(rand.NewPCG(1, 1))
			now := leiden(t, undirected(t, s.n, s.list, nil), o).Top()
			for batch := range 5 {
				touched := s.change(r, len(s.list)/500, p.Community)
				g := undirected(t, s.n, s.list, nil)
				before := now
				now = updated(t, g, before, touched, o).Partition
				verify(t, g, &Hierarchy{Levels: []Partition{now}}, true)
				fresh := leiden(t, g, o).Top()
				quality := qualityOf(o.Objective)
				got, want := must(quality(g, now, o.Resolution)), must(quality(g, fresh, o.Resolution))
				slack := .001
				if o.Objective == CPMObjective {
					slack *= want
				}
				if got < want-slack {
					t.Errorf("batch %d: %.5f after the update, %.5f from the start", batch, got, want)
				}
				warm := o
				warm.Start = &before
				again := leiden(t, g, warm)
				verify(t, g, again, true)
				if got := must(quality(g, again.Top(), o.Resolution)); got < want-slack {
					t.Errorf("batch %d: %.5f from those before, %.5f from the start", batch, got, want)
				}
			}
		})
	}
}

// The work of an update goes with what has changed, up to where everything has.
// Counted are vertices and ties looked at, not seconds.
func TestUpdateWorksInProportion(t *testing.T) {
	p := graphtest.Planted(graphtest.PlantedOptions{Vertices: 8000, Mixing: .3, Seed: 4})
	groups := canonical(slices.Clone(p.Community), p.Vertices)
	base := tiesOf(p)
	before := leiden(t, undirected(t, base.n, base.list, nil), Options{Resolution: 5}).Top()
	var per []float64
	for _, count := range []int{1, 4, 16} {
		s := tiesOf(p)
		touched := s.change(rand.New(rand.NewPCG(2, uint64(count))), count, groups.Of)
		g := undirected(t, s.n, s.list, nil)
		u := updated(t, g, before, touched, Options{Resolution: 5})
		per = append(per, float64(u.Work.Arcs)/float64(count))
		// A hundredth of all for each tie lost and tie gained, at most.
		if whole := effort(t, g, Options{Resolution: 5}); 100*u.Work.Arcs > int64(count)*whole.Arcs || 100*u.Work.Vertices > int64(count)*whole.Vertices {
			t.Errorf("%d ties took %d looks at vertices and %d at ties; from the start it takes %d and %d", 2*count, u.Work.Vertices, u.Work.Arcs, whole.Vertices, whole.Arcs)
		}
	}
	if slices.Max(per) > 3*slices.Min(per) {
		t.Errorf("looks at ties for each tie changed: %.0f", per)
	}
	// Nothing touched, nothing done.
	g := undirected(t, base.n, base.list, nil)
	u := updated(t, g, before, nil, Options{})
	if diff := cmp.Diff(&Updated{Partition: before, Stable: true}, u); diff != "" {
		t.Errorf("without a change (-want +got):\n%s", diff)
	}
}

// effort is the work of Leiden.
func effort(t *testing.T, g *graph.Graph, o Options) (w Work) {
	s, err := newSearch(t.Context(), g, o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.crew.dismiss()
	for i := range 2 {
		if _, err := s.iterate(t.Context(), i, true); err != nil {
			t.Fatal(err)
		}
	}
	for i := range s.scratch {
		w.Vertices += s.scratch[i].work.Vertices
		w.Arcs += s.scratch[i].work.Arcs
	}
	return w
}

// Two triangles on a bridge are one community by choice; without the bridge they
// come apart, though nobody has anywhere to go. Other communities stay.
func TestUpdateSplits(t *testing.T) {
	edges := [][2]uint32{{0, 1}, {1, 2}, {0, 2}, {3, 4}, {4, 5}, {3, 5}, {6, 7}, {8, 9}}
	g := undirected(t, 11, edges, nil)
	u := updated(t, g, of(0, 0, 0, 0, 0, 0, 1, 1, 2, 2), []uint32{3, 2, 2}, Options{})
	if diff := cmp.Diff(of(0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 4), u.Partition); diff != "" {
		t.Errorf("communities (-want +got):\n%s", diff)
	}
	// 10 is new; now it is tied to 8 and 9.
	g = undirected(t, 11, append(edges, [2]uint32{8, 10}, [2]uint32{9, 10}), nil)
	u = updated(t, g, of(0, 0, 0, 1, 1, 1, 2, 2, 3, 3), []uint32{8, 9, 10}, Options{})
	if diff := cmp.Diff(of(0, 0, 0, 1, 1, 1, 3, 3, 2, 2, 2), u.Partition); diff != "" {
		t.Errorf("communities with a new vertex (-want +got):\n%s", diff)
	}
}

// Whatever changes: the answer is a partition into connected communities, no worse
// than the one before is now, and the same for any number of threads and order of
// what is touched.
func TestUpdateLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		weighted := rapid.Bool().Draw(t, "weighted")
		g := graphtest.Draw(t, "before", graphtest.DrawOptions{Undirected: true, Weighted: weighted, Vertices: 30})
		o := Options{
			Seed:       rapid.Uint64().Draw(t, "seed"),
			Resolution: rapid.SampledFrom([]float64{.3, 1, 3}).Draw(t, "resolution"),
			Objective:  rapid.SampledFrom([]Objective{ModularityObjective, CPMObjective}).Draw(t, "objective"),
			Effort:     rapid.SampledFrom([]Effort{NormalEffort, FastEffort, FullEffort}).Draw(t, "effort"),
		}
		h, err := Leiden(context.Background(), g, o)
		if err != nil {
			t.Fatal(err)
		}
		before := h.Top()
		next := graphtest.Draw(t, "after", graphtest.DrawOptions{Undirected: true, Weighted: weighted, Vertices: 30})
		if next.Rows() < g.Rows() {
			return
		}
		var touched []uint32
		for v := range uint32(next.Rows()) {
			if int(v) >= g.Rows() || !slices.Equal(g.Neighbours(v), next.Neighbours(v)) || !slices.Equal(g.WeightsOf(v), next.WeightsOf(v)) {
				touched = append(touched, v)
			}
		}
		u, err := Update(context.Background(), next, before, touched, o)
		if err != nil {
			t.Fatal(err)
		}
		verify(t, next, &Hierarchy{Levels: []Partition{u.Partition}}, true)
		extended, err := extend(next, before)
		if err != nil {
			t.Fatal(err)
		}
		quality := qualityOf(o.Objective)
		was, _ := quality(next, extended, o.Resolution)
		if is, _ := quality(next, u.Partition, o.Resolution); is < was-1e-5*max(1, -was) {
			t.Fatalf("the update lowers quality from %v to %v", was, is)
		}
		slices.Reverse(touched)
		o.Threads = 3
		again, err := Update(context.Background(), next, before, touched, o)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(u, again); diff != "" {
			t.Fatalf("other threads, other answer:\n%s", diff)
		}
	})
}

// Large enough for windows and parts.
func TestUpdateIsTheSameForAnyNumberOfThreads(t *testing.T) {
	p := graphtest.Planted(graphtest.PlantedOptions{Vertices: 3000, Mixing: .5, Seed: 5})
	s := tiesOf(p)
	before := leiden(t, undirected(t, s.n, s.list, nil), Options{}).Top()
	touched := s.change(rand.New(rand.NewPCG(3, 3)), len(s.list)/10, p.Community)
	g := undirected(t, s.n, s.list, nil)
	want := updated(t, g, before, touched, Options{Threads: 1})
	for _, threads := range []int{2, 3, 8, 16} {
		if diff := cmp.Diff(want, updated(t, g, before, touched, Options{Threads: threads})); diff != "" {
			t.Errorf("%d threads differ from one", threads)
		}
	}
}

func TestUpdateRefuses(t *testing.T) {
	g := graphtest.Karate().Graph
	p := leiden(t, g, Options{}).Top()
	for _, c := range []struct {
		want    string
		g       *graph.Graph
		p       Partition
		touched []uint32
		o       Options
	}{
		{"no graph", nil, p, nil, Options{}},
		{"vertex 34 is not", g, p, []uint32{34}, Options{}},
		{"number them alike", undirected(t, 3, nil, nil), p, nil, Options{}},
		{"community 4 of a partition", g, Partition{Of: []uint32{4}, Count: 1}, nil, Options{}},
		{"map equation", g, p, nil, Options{Objective: MapObjective}},
		{"effort 7", g, p, nil, Options{Effort: 7}},
		{"positive", g, p, nil, Options{Resolution: -1}},
	} {
		if _, err := Update(t.Context(), c.g, c.p, c.touched, c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v; want %q in it", err, c.want)
		}
	}
	u, err := Update(t.Context(), &graph.Graph{Undirected: true}, Partition{}, nil, Options{})
	if err != nil || u.Count != 0 {
		t.Errorf("the empty graph: %+v, %v", u, err)
	}
}
