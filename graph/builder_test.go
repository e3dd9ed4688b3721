package graph_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kith/graph"
)

// naive builds a graph from a map of sorted weights: slow, but plain.
func naive(opt graph.BuildOptions, arcs []graph.Arc) *graph.Graph {
	cols := opt.Cols
	if cols == 0 && !opt.TwoSides {
		cols = opt.Rows
	}
	ties := map[[2]uint32][]float32{}
	for _, a := range arcs {
		if a.Weight == 0 || (opt.DropLoops && !opt.TwoSides && opt.Rows == cols && a.From == a.To) {
			continue
		}
		ties[[2]uint32{a.From, a.To}] = append(ties[[2]uint32{a.From, a.To}], a.Weight)
		if opt.Undirected && a.From != a.To {
			ties[[2]uint32{a.To, a.From}] = append(ties[[2]uint32{a.To, a.From}], a.Weight)
		}
	}
	g := &graph.Graph{Offsets: []uint64{0}, Targets: []uint32{}, Cols: cols, Undirected: opt.Undirected}
	ones := true
	for u := range opt.Rows {
		for v := range cols {
			w, ok := ties[[2]uint32{u, v}]
			if !ok {
				continue
			}
			slices.Sort(w)
			sum := 0.0
			for _, x := range w {
				sum += float64(x)
			}
			merged := float32(sum)
			switch opt.Merge {
			case graph.MergeMax:
				merged = slices.Max(w)
			case graph.MergeOnce:
				merged = 1
			}
			g.Targets = append(g.Targets, v)
			g.Weights = append(g.Weights, merged)
			ones = ones && merged == 1
		}
		g.Offsets = append(g.Offsets, uint64(len(g.Targets)))
	}
	if ones {
		g.Weights = nil
	}
	return g
}

// equal compares graphs to the bit, faster than cmp does.
func equal(a, b *graph.Graph) bool {
	return slices.Equal(a.Offsets, b.Offsets) && slices.Equal(a.Targets, b.Targets) &&
		slices.Equal(a.Weights, b.Weights) && (a.Weights == nil) == (b.Weights == nil) &&
		a.Cols == b.Cols && a.Undirected == b.Undirected
}

func drawArcs(t *rapid.T, rows, cols uint32) []graph.Arc {
	if rows == 0 || cols == 0 {
		return nil
	}
	weight := rapid.SampledFrom([]float32{0, 0.1, 0.2, 0.3, 1, 1, 1, 2, 1e-30, 1e30})
	arcs := make([]graph.Arc, rapid.IntRange(0, 60).Draw(t, "arcs"))
	for i := range arcs {
		arcs[i] = graph.Arc{
			From:   rapid.Uint32Range(0, rows-1).Draw(t, "from"),
			To:     rapid.Uint32Range(0, cols-1).Draw(t, "to"),
			Weight: weight.Draw(t, "weight"),
		}
	}
	return arcs
}

func TestBuildEqualsNaive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		opt := graph.BuildOptions{
			Rows:       rapid.Uint32Range(0, 12).Draw(t, "rows"),
			Undirected: rapid.Bool().Draw(t, "undirected"),
			DropLoops:  rapid.Bool().Draw(t, "drop loops"),
			Merge:      rapid.SampledFrom([]graph.Merge{graph.MergeSum, graph.MergeMax, graph.MergeOnce}).Draw(t, "merge"),
			Threads:    rapid.IntRange(1, 4).Draw(t, "threads"),
		}
		cols := opt.Rows
		if !opt.Undirected && rapid.Bool().Draw(t, "rectangular") {
			opt.TwoSides = rapid.Bool().Draw(t, "two sides")
			opt.Cols = rapid.Uint32Range(1, 12).Draw(t, "cols")
			cols = opt.Cols
		}
		arcs := drawArcs(t, opt.Rows, cols)
		got, report, err := graph.BuildArcs(context.Background(), opt, arcs)
		if err != nil {
			t.Fatal(err)
		}
		if err := got.Validate(); err != nil {
			t.Fatal(err)
		}
		want := naive(opt, arcs)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("graph (-want +got):\n%s", diff)
		}
		dropped := int64(0)
		if opt.DropLoops {
			dropped = report.Loops
		}
		if report.Arcs != report.Zero+dropped+report.Merged+want.Edges() {
			t.Fatalf("report %+v does not add up to %d arcs and %d ties", report, len(arcs), want.Edges())
		}
		// The order of the rows has no say.
		rand.New(rand.NewPCG(1, 2)).Shuffle(len(arcs), func(i, j int) { arcs[i], arcs[j] = arcs[j], arcs[i] })
		again, _, err := graph.BuildArcs(context.Background(), opt, arcs)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(got, again); diff != "" {
			t.Fatalf("after shuffling the rows (-before +after):\n%s", diff)
		}
	})
}

// randomArcs is a list with hubs, loops and repeated pairs, long enough for
// several buckets and for every way of sorting a row.
func randomArcs(n uint32, m int, seed uint64) (from, to []uint32, w []float32) {
	r := rand.New(rand.NewPCG(seed, 0))
	from, to, w = make([]uint32, m), make([]uint32, m), make([]float32, m)
	for i := range from {
		u := r.Float64()
		from[i], to[i] = uint32(u*u*u*float64(n)), r.Uint32N(n)
		w[i] = float32(r.IntN(40)) / 10
	}
	return from, to, w
}

func TestBuildIsBitEqualForAnyThreads(t *testing.T) {
	from, to, w := randomArcs(3000, 140_000, 1)
	for _, weights := range [][]float32{nil, w} {
		for _, undirected := range []bool{false, true} {
			t.Run(fmt.Sprintf("weights=%t undirected=%t", weights != nil, undirected), func(t *testing.T) {
				var first *graph.Graph
				for _, threads := range []int{1, 2, 3, 8} {
					opt := graph.BuildOptions{Rows: 3000, Undirected: undirected, Threads: threads}
					g, _, err := graph.Build(context.Background(), opt, from, to, weights)
					if err != nil {
						t.Fatal(err)
					}
					if first == nil {
						first = g
						if err := g.Validate(); err != nil {
							t.Fatal(err)
						}
						continue
					}
					if !equal(first, g) {
						t.Fatalf("%d threads differ from 1", threads)
					}
				}
			})
		}
	}
}

func TestBuildLargeEqualsNaive(t *testing.T) {
	const n = 700
	from, to, w := randomArcs(n, 70_000, 3)
	arcs := make([]graph.Arc, len(from))
	for i := range arcs {
		arcs[i] = graph.Arc{From: from[i], To: to[i], Weight: w[i]}
	}
	for _, undirected := range []bool{false, true} {
		opt := graph.BuildOptions{Rows: n, Undirected: undirected}
		got, _, err := graph.BuildArcs(context.Background(), opt, arcs)
		if err != nil {
			t.Fatal(err)
		}
		if !equal(naive(opt, arcs), got) {
			t.Errorf("undirected=%t differs from the naive build", undirected)
		}
	}
}

func TestBuildRefuses(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for name, tc := range map[string]struct {
		opt  graph.BuildOptions
		arcs []graph.Arc
		want string
	}{
		"NaN":          {graph.BuildOptions{Rows: 2}, []graph.Arc{{From: 0, To: 1, Weight: 1}, {From: 0, To: 1, Weight: nan}}, "column weight: arc 1 weighs NaN; a weight must be a finite number that is not negative"},
		"infinite":     {graph.BuildOptions{Rows: 2}, []graph.Arc{{From: 0, To: 1, Weight: inf}}, "column weight: arc 0 weighs +Inf; a weight must be a finite number that is not negative"},
		"negative":     {graph.BuildOptions{Rows: 2}, []graph.Arc{{From: 0, To: 1, Weight: -1}}, "column weight: arc 0 weighs -1; a weight must be a finite number that is not negative"},
		"sum too big":  {graph.BuildOptions{Rows: 2}, []graph.Arc{{From: 0, To: 1, Weight: 3e38}, {From: 0, To: 1, Weight: 3e38}}, "column weight: the weights between two vertices add up to more than 3.4e38; scale them down"},
		"out of range": {graph.BuildOptions{Rows: 2}, []graph.Arc{{From: 0, To: 2, Weight: 1}}, "build graph: arc 0 goes from 0 to 2 in a graph of 2 rows and 2 columns"},
		"two sides":    {graph.BuildOptions{Rows: 2, Cols: 2, TwoSides: true, Undirected: true}, nil, "build graph: ties between two kinds of vertices have a direction; build them as they are and project the graph"},
		"rectangular":  {graph.BuildOptions{Rows: 2, Cols: 3, Undirected: true}, nil, "build graph: an undirected graph needs as many rows as columns, not 2 and 3"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := graph.BuildArcs(context.Background(), tc.opt, tc.arcs)
			if err == nil || err.Error() != tc.want {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
}

func TestBuildStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	from, to, w := randomArcs(10, 100, 1)
	if _, _, err := graph.Build(ctx, graph.BuildOptions{Rows: 10}, from, to, w); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func BenchmarkBuild(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000, 1_000_000} {
		m := 10 * n
		r := rand.New(rand.NewPCG(1, 0))
		from, to := make([]uint32, m), make([]uint32, m)
		for i := range from {
			from[i], to[i] = r.Uint32N(uint32(n)), r.Uint32N(uint32(n))
		}
		w := make([]float32, m)
		for i := range w {
			w[i] = r.Float32() + .1
		}
		for name, weights := range map[string][]float32{"plain": nil, "weighted": w} {
			b.Run(fmt.Sprintf("%s/undirected/%d", name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, _, err := graph.Build(context.Background(), graph.BuildOptions{Rows: uint32(n), Undirected: true}, from, to, weights); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(m)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mties/s")
			})
		}
	}
}
