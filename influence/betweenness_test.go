package influence_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"gonum.org/v1/gonum/graph/network"
	"pgregory.net/rapid"

	"kith/graph"
	"kith/graph/graphtest"
	"kith/influence"
)

func betweenness(t testing.TB, g *graph.Graph, opt influence.BetweennessOptions) *influence.Between {
	t.Helper()
	b, err := influence.Betweenness(context.Background(), g, opt)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var closely = cmp.Options{cmpopts.EquateApprox(1e-9, 1e-9), cmpopts.EquateEmpty()}

func TestBetweennessKnownAnswers(t *testing.T) {
	// A square 0-1-2-3 with a chord of weight 3 between 0 and 2, every side
	// weighing 1. As a length the chord is no shorter way; as a strength it is
	// 1/3 long.
	square := build(t, 4, true, []graph.Arc{{From: 0, To: 1}, {From: 1, To: 2}, {From: 2, To: 3}, {From: 3, To: 0}, {From: 0, To: 2, Weight: 3}})
	tests := []struct {
		name string
		g    *graph.Graph
		opt  influence.BetweennessOptions
		want []float64
	}{
		{"empty", &graph.Graph{}, influence.BetweennessOptions{}, nil},
		{"one vertex", build(t, 1, true, nil), influence.BetweennessOptions{}, []float64{0}},
		{"two with a loop", build(t, 2, true, []graph.Arc{{From: 0, To: 1}, {From: 1, To: 1}}), influence.BetweennessOptions{}, []float64{0, 0}},
		// Of a path of five, vertex i is between i·(4-i) pairs.
		{"path", build(t, 5, true, []graph.Arc{{From: 0, To: 1}, {From: 1, To: 2}, {From: 2, To: 3}, {From: 3, To: 4}}), influence.BetweennessOptions{}, []float64{0, 3, 4, 3, 0}},
		{"path of arcs", build(t, 5, false, []graph.Arc{{From: 0, To: 1}, {From: 1, To: 2}, {From: 2, To: 3}, {From: 3, To: 4}}), influence.BetweennessOptions{}, []float64{0, 3, 4, 3, 0}},
		{"two paths", build(t, 7, true, []graph.Arc{{From: 0, To: 2}, {From: 2, To: 4}, {From: 1, To: 3}, {From: 3, To: 5}}), influence.BetweennessOptions{}, []float64{0, 0, 1, 1, 0, 0, 0}},
		// Opposite corners have two ways; without weights the chord is the
		// way from 0 to 2 and leaves 1 and 3 two ways.
		{"square with a chord", square, influence.BetweennessOptions{}, []float64{.5, 0, .5, 0}},
		{"square with a long chord", square, influence.BetweennessOptions{Length: influence.LengthWeight}, []float64{.5, .5, .5, .5}},
		// From 1 to 3 by 0 or by 2; and 1 to 2 by 0 is 4/3, longer than 1.
		{"square with a strong chord", square, influence.BetweennessOptions{Length: influence.LengthInverse}, []float64{.5, 0, .5, 0}},
		// Three strengths of 3 are as far as one of 1, in spite of rounding.
		{"thirds", build(t, 4, true, []graph.Arc{{From: 0, To: 1, Weight: 3}, {From: 1, To: 2, Weight: 3}, {From: 2, To: 3, Weight: 3}, {From: 0, To: 3, Weight: 1}}),
			influence.BetweennessOptions{Length: influence.LengthInverse}, []float64{0, 1.5, 1.5, 0}},
		// A ring in which opposite corners are equally far both ways, though
		// 1/3+1/10+1/9 is rounded otherwise from the other end.
		{"rounding", build(t, 6, true, []graph.Arc{{From: 0, To: 1, Weight: 3}, {From: 1, To: 2, Weight: 10}, {From: 2, To: 3, Weight: 9}, {From: 3, To: 4, Weight: 3}, {From: 4, To: 5, Weight: 10}, {From: 5, To: 0, Weight: 9}}),
			influence.BetweennessOptions{Length: influence.LengthInverse}, []float64{2, 2, 2, 2, 2, 2}},
		// Andre to Jane in order of names. D. Krackhardt's paper gives Heather
		// 14; all of them igraph 1.0 betweenness.
		{"kite", graphtest.Kite().Graph, influence.BetweennessOptions{}, []float64{5. / 6, 5. / 6, 0, 11. / 3, 0, 25. / 3, 25. / 3, 14, 8, 0}},
		// Heather, Ike and Jane alone are a path.
		{"some of the kite", graphtest.Kite().Graph, influence.BetweennessOptions{Members: []uint32{7, 8, 9}}, []float64{0, 1, 0}},
		{"from one end of a path", build(t, 4, true, []graph.Arc{{From: 0, To: 1}, {From: 1, To: 2}, {From: 2, To: 3}}), influence.BetweennessOptions{From: []uint32{0}}, []float64{0, 1, .5, 0}},
		{"from nowhere", graphtest.Kite().Graph, influence.BetweennessOptions{From: []uint32{}}, make([]float64, 10)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := betweenness(t, tt.g, tt.opt)
			if diff := cmp.Diff(tt.want, got.Score, closely); diff != "" {
				t.Errorf("scores (-want +got):\n%s", diff)
			}
			if got.Bound != 0 {
				t.Errorf("the bound of exact scores is %v", got.Bound)
			}
		})
	}
}

func TestBetweennessOfClassics(t *testing.T) {
	c := graphtest.Florentine()
	got := betweenness(t, c.Graph, influence.BetweennessOptions{})
	// M. O. Jackson, Social and Economic Networks, section 1.2.1.
	for name, want := range map[string]float64{"Medici": .522, "Guadagni": .255, "Strozzi": .103} {
		if x := got.Score[c.Vertex(name)] / got.Pairs; math.Abs(x-want) > .0006 {
			t.Errorf("the %s are on %.4f of the paths, want %v", name, x, want)
		}
	}
	// igraph 1.0 betweenness.
	k := betweenness(t, graphtest.Karate().Graph, influence.BetweennessOptions{})
	if math.Abs(k.Score[0]-231.0714285714) > 1e-9 || math.Abs(k.Score[33]-160.5515873016) > 1e-9 {
		t.Errorf("Mr Hi and John A are between %v and %v pairs, want 231.071 and 160.552", k.Score[0], k.Score[33])
	}
}

func TestBetweennessAgreesWithGonum(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := randomGraph(rt, rapid.Bool().Draw(rt, "undirected"), false, true)
		want := make([]float64, g.Rows())
		for v, x := range network.Betweenness(directedGonum(g)) {
			want[v] = x
			if g.Undirected {
				want[v] /= 2
			}
		}
		got := betweenness(t, g, influence.BetweennessOptions{Threads: 1})
		if diff := cmp.Diff(want, got.Score, closely); diff != "" {
			rt.Fatalf("gonum and we differ on %v:\n%s", arcsOf(g), diff)
		}
	})
}

func anyLength(t *rapid.T) influence.Length {
	return rapid.SampledFrom([]influence.Length{influence.LengthOne, influence.LengthWeight, influence.LengthInverse}).Draw(t, "length")
}

func TestBetweennessIsTheDefinition(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := randomGraph(rt, rapid.Bool().Draw(rt, "undirected"), rapid.Bool().Draw(rt, "weighted"), true)
		opt := influence.BetweennessOptions{Length: anyLength(rt), Threads: 1}
		some := func(int) bool { return true }
		if rapid.Bool().Draw(rt, "from some") {
			opt.From = []uint32{}
			for v := range uint32(g.Rows()) {
				if v%3 == 1 {
					opt.From = append(opt.From, v)
				}
			}
			some = func(s int) bool { return s%3 == 1 }
		}
		got := betweenness(t, g, opt)
		if diff := cmp.Diff(bruteBetween(g, opt.Length, some), got.Score, closely); diff != "" {
			rt.Fatalf("scores of %v (-definition +got):\n%s", arcsOf(g), diff)
		}
	})
}

func TestBetweennessLaws(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := randomGraph(rt, rapid.Bool().Draw(rt, "undirected"), rapid.Bool().Draw(rt, "weighted"), true)
		opt := influence.BetweennessOptions{Length: anyLength(rt), Threads: 1}
		want := betweenness(t, g, opt)

		to := shuffled(rt, g.Rows())
		moved := betweenness(t, graphtest.Relabel(g, to), opt)
		back := make([]float64, g.Rows())
		for v := range back {
			back[v] = moved.Score[to[v]]
		}
		if diff := cmp.Diff(want.Score, back, closely); diff != "" {
			rt.Fatalf("relabelling changes scores:\n%s", diff)
		}

		scaled := arcsOf(g)
		for i := range scaled {
			scaled[i].Weight *= 0x1p-30
		}
		if diff := cmp.Diff(want.Score, betweenness(t, build(t, g.Cols, g.Undirected, scaled), opt).Score, closely); diff != "" {
			rt.Fatalf("the scale of weights changes scores:\n%s", diff)
		}

		// A community's scores are those of its own graph.
		var members []uint32
		for v := range uint32(g.Rows()) {
			if rapid.Bool().Draw(rt, "member") {
				members = append(members, v)
			}
		}
		if members == nil {
			return
		}
		sub, err := g.Subgraph(members)
		if err != nil {
			rt.Fatal(err)
		}
		alone := betweenness(t, sub, opt)
		opt.Members = members
		if diff := cmp.Diff(alone, betweenness(t, g, opt)); diff != "" {
			rt.Fatalf("restricted to %v (-alone +within):\n%s", members, diff)
		}
	})
}

// TestBetweennessAddsUpToDistances holds a larger network, in which levels are
// found from either side, to an identity: a path of length d passes d-1 vertices,
// so scores add up to the sum of d-1 over all pairs.
func TestBetweennessAddsUpToDistances(t *testing.T) {
	for _, undirected := range []bool{false, true} {
		g := crowd(t, 400, 2400, undirected, false)
		want := 0.0
		for s := range uint32(g.Rows()) {
			level := make([]int, g.Rows()) // 0 where the search has not come
			level[s] = 1
			for queue := []uint32{s}; len(queue) > 0; queue = queue[1:] {
				for _, v := range g.Neighbours(queue[0]) {
					if level[v] == 0 {
						level[v] = level[queue[0]] + 1
						queue = append(queue, v)
						want += float64(level[v] - 2)
					}
				}
			}
		}
		if undirected {
			want /= 2
		}
		got := 0.0
		for _, x := range betweenness(t, g, influence.BetweennessOptions{}).Score {
			got += x
		}
		if math.Abs(got-want) > 1e-9*want {
			t.Errorf("undirected %v: scores add up to %v, distances to %v", undirected, got, want)
		}
	}
}

func TestBetweennessSampled(t *testing.T) {
	g := crowd(t, 300, 800, true, false)
	exact := betweenness(t, g, influence.BetweennessOptions{})
	all := betweenness(t, g, influence.BetweennessOptions{Sources: g.Rows()})
	same(t, 0, exact, all)
	differ := false
	for seed := range uint64(10) {
		got := betweenness(t, g, influence.BetweennessOptions{Sources: 40, Seed: seed, Confidence: .9})
		if got.Sources != 40 || !(got.Bound > 0 && got.Bound < exact.Pairs) {
			t.Fatalf("%d sources, bound %v", got.Sources, got.Bound)
		}
		worst := 0.0
		for v, x := range got.Score {
			worst = max(worst, math.Abs(x-exact.Score[v]))
		}
		// The bound holds in nine of ten draws; it is so wide that it does in
		// all of these.
		if worst > got.Bound {
			t.Errorf("seed %d: a score is off by %v, the bound is %v", seed, worst, got.Bound)
		}
		differ = differ || worst > 0
	}
	if !differ {
		t.Error("every sample gives the exact scores")
	}
	// The mean over disjoint samples that cover all is exact. Here they are
	// given, each scaled up by hand.
	sum := make([]float64, g.Rows())
	for k := range uint32(3) {
		var from []uint32
		for v := range uint32(g.Rows()) {
			if v%3 == k {
				from = append(from, v)
			}
		}
		for v, x := range betweenness(t, g, influence.BetweennessOptions{From: from}).Score {
			sum[v] += x
		}
	}
	if diff := cmp.Diff(exact.Score, sum, closely); diff != "" {
		t.Errorf("three thirds aren't the whole:\n%.400s", diff)
	}
	// Hoeffding's bound by hand for a star of 1000 leaves and 10 sources, all
	// of 1001 vertices being possible sources of paths:
	// 1001·999·√((1-9/1001)·ln(2002/.1)/20)/2.
	s := betweenness(t, star(t, 1000), influence.BetweennessOptions{Sources: 10})
	if want := 1001. * 999 / 2 * math.Sqrt((1-9./1001)*math.Log(20020)/20); math.Abs(s.Bound-want) > 1e-6*want {
		t.Errorf("the bound is %v, want %v", s.Bound, want)
	}
}

func TestBetweennessOfStarAndComplete(t *testing.T) {
	// Sixteen sources of a star with 1e5 leaves, at most one of which is the
	// hub: each leaf depends on it for all others.
	const leaves = 100_000
	got := betweenness(t, star(t, leaves), influence.BetweennessOptions{Sources: 16})
	if most := float64(leaves+1) * (leaves - 1) / 2; got.Score[0] < .93*most || got.Score[0] > most*(1+1e-12) || got.Score[1] != 0 {
		t.Errorf("hub %v and leaf %v, want about %v and 0", got.Score[0], got.Score[1], most)
	}
	for v, x := range betweenness(t, complete(t, 80), influence.BetweennessOptions{}).Score {
		if x != 0 {
			t.Fatalf("vertex %d of a complete graph has %v", v, x)
		}
	}
}

// diamonds is a chain of k squares: 3i and 3i+3 are tied by way of 3i+1 and of
// 3i+2.
func diamonds(t testing.TB, k uint32, weight float32) *graph.Graph {
	var arcs []graph.Arc
	for i := range k {
		for _, side := range []uint32{1, 2} {
			arcs = append(arcs, graph.Arc{From: 3 * i, To: 3*i + side, Weight: weight}, graph.Arc{From: 3*i + side, To: 3*i + 3, Weight: weight})
		}
	}
	return build(t, 3*k+1, true, arcs)
}

func TestBetweennessWithMorePathsThanNumbers(t *testing.T) {
	// From one end to the other there are 2^2000 paths. What depends on a
	// corner is all behind it, on a side half of that.
	const k = 2000
	got := betweenness(t, diamonds(t, k, 1), influence.BetweennessOptions{From: []uint32{0}})
	want := make([]float64, 3*k+1)
	for i := range k {
		behind := float64(3 * (k - i - 1))
		want[3*i+1], want[3*i+2] = (behind+1)/4, (behind+1)/4
		want[3*i+3] = behind / 2
	}
	if diff := cmp.Diff(want, got.Score, closely); diff != "" {
		t.Errorf("scores (-want +got):\n%.800s", diff)
	}
	_, err := influence.Betweenness(context.Background(), diamonds(t, k, 2), influence.BetweennessOptions{From: []uint32{0}, Length: influence.LengthWeight})
	if err == nil || !strings.Contains(err.Error(), "shortest paths from vertex 0 to") {
		t.Errorf("with lengths the error is %v", err)
	}
}

func TestBetweennessSameBitsForAnyThreads(t *testing.T) {
	for _, length := range []influence.Length{influence.LengthOne, influence.LengthWeight, influence.LengthInverse} {
		for _, undirected := range []bool{false, true} {
			g := crowd(t, 300, 1200, undirected, true)
			opt := influence.BetweennessOptions{Length: length, Threads: 1, Sources: 60, Seed: 3}
			want := betweenness(t, g, opt)
			for _, threads := range threadCounts {
				opt.Threads = threads
				same(t, threads, want, betweenness(t, g, opt))
			}
		}
	}
}

func TestBetweennessReportsAndStops(t *testing.T) {
	g := crowd(t, 300, 900, true, false)
	last := int64(0)
	opt := influence.BetweennessOptions{Progress: func(_ string, done, total int64) {
		if done <= last || done > total {
			t.Errorf("progress goes from %d to %d of %d", last, done, total)
		}
		last = done
	}}
	if got := betweenness(t, g, opt); last != int64(got.Sources) {
		t.Errorf("progress ends at %d of %d", last, got.Sources)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := influence.Betweenness(ctx, g, influence.BetweennessOptions{}); err == nil {
		t.Error("no error although the context has ended")
	}
}

func TestBetweennessRefuses(t *testing.T) {
	g := build(t, 3, false, []graph.Arc{{From: 0, To: 1}, {From: 1, To: 2}})
	tests := []struct {
		name string
		g    *graph.Graph
		opt  influence.BetweennessOptions
		want string
	}{
		{"rectangular", graphtest.SouthernWomen().Graph, influence.BetweennessOptions{}, "18 rows and 14 columns"},
		{"negative sources", g, influence.BetweennessOptions{Sources: -1}, "-1 vertices"},
		{"unknown source", g, influence.BetweennessOptions{From: []uint32{3}}, "source 3 is not among the 3"},
		{"source outside", g, influence.BetweennessOptions{From: []uint32{0}, Members: []uint32{1, 2}}, "source 0 is not among the 2 members"},
		{"unsorted members", g, influence.BetweennessOptions{Members: []uint32{2, 1}}, "ascending"},
		{"unknown length", g, influence.BetweennessOptions{Length: 9}, "length 9"},
		{"confidence of 1", g, influence.BetweennessOptions{Sources: 1, Confidence: 1}, "confidence is 1"},
		{"foreign transpose", g, influence.BetweennessOptions{Transposed: build(t, 2, false, nil)}, "don't belong together"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := influence.Betweenness(context.Background(), tt.g, tt.opt)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error is %v, want one that says %q", err, tt.want)
			}
		})
	}
}

func BenchmarkBetweenness(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		for _, kind := range []string{"steps", "lengths"} {
			g := crowd(b, n, 10*n, true, kind == "lengths")
			b.Run(fmt.Sprintf("%s/%d", kind, n), func(b *testing.B) {
				for b.Loop() {
					betweenness(b, g, influence.BetweennessOptions{Sources: 32, Length: influence.LengthInverse})
				}
				b.ReportMetric(float64(g.Arcs()), "arcs")
			})
		}
	}
}
