package influence_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/gonum/graph/network"
	"gonum.org/v1/gonum/graph/path"
	"pgregory.net/rapid"

	"kith/graph"
	"kith/graph/graphtest"
	"kith/influence"
)

func closeness(t testing.TB, g *graph.Graph, opt influence.ClosenessOptions) *influence.Close {
	t.Helper()
	c, err := influence.Closeness(context.Background(), g, opt)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestClosenessKnownAnswers(t *testing.T) {
	heavy := build(t, 3, true, []graph.Arc{{From: 0, To: 1, Weight: 4}, {From: 1, To: 2, Weight: 4}, {From: 0, To: 2}})
	tests := []struct {
		name string
		g    *graph.Graph
		opt  influence.ClosenessOptions
		want []float64
	}{
		{"empty", &graph.Graph{}, influence.ClosenessOptions{}, nil},
		{"one vertex with a loop", build(t, 1, true, []graph.Arc{{From: 0, To: 0}}), influence.ClosenessOptions{}, []float64{0}},
		{"isolated", build(t, 3, true, nil), influence.ClosenessOptions{}, []float64{0, 0, 0}},
		{"path", build(t, 4, true, []graph.Arc{{From: 0, To: 1}, {From: 1, To: 2}, {From: 2, To: 3}}), influence.ClosenessOptions{}, []float64{1 + 1./2 + 1./3, 2.5, 2.5, 1 + 1./2 + 1./3}},
		{"path of arcs", build(t, 3, false, []graph.Arc{{From: 0, To: 1}, {From: 1, To: 2}}), influence.ClosenessOptions{}, []float64{1.5, 1, 0}},
		{"two parts", build(t, 5, true, []graph.Arc{{From: 0, To: 3}, {From: 1, To: 2}, {From: 2, To: 4}}), influence.ClosenessOptions{}, []float64{1, 1.5, 2, 1, 1.5}},
		{"weights don't count", heavy, influence.ClosenessOptions{}, []float64{2, 2, 2}},
		// 0 to 1 is 4 long, 1 to 2 as well, 0 to 2 is 1.
		{"lengths", heavy, influence.ClosenessOptions{Length: influence.LengthWeight}, []float64{1.25, .5, 1.25}},
		// 0 to 1 is 1/4, 1 to 2 as well, and 0 to 2 by way of 1 is 1/2.
		{"strengths", heavy, influence.ClosenessOptions{Length: influence.LengthInverse}, []float64{6, 8, 6}},
		// Andre to Jane in order of names: igraph 1.0
		// harmonic_centrality(normalized=False), rounded.
		{"kite", graphtest.Kite().Graph, influence.ClosenessOptions{}, []float64{73. / 12, 73. / 12, 67. / 12, 85. / 12, 67. / 12, 41. / 6, 41. / 6, 6, 14. / 3, 41. / 12}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := closeness(t, tt.g, tt.opt)
			if diff := cmp.Diff(tt.want, got.Score, closely); diff != "" {
				t.Errorf("scores (-want +got):\n%s", diff)
			}
		})
	}
	// igraph 1.0: Mr Hi and John A of the karate club.
	k := closeness(t, graphtest.Karate().Graph, influence.ClosenessOptions{})
	if math.Abs(k.Score[0]-23.1666667) > 1e-6 || math.Abs(k.Score[33]-23.25) > 1e-6 {
		t.Errorf("Mr Hi and John A have %v and %v, want 23.1667 and 23.25", k.Score[0], k.Score[33])
	}
}

func TestClosenessAgreesWithGonum(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := randomGraph(rt, rapid.Bool().Draw(rt, "undirected"), false, true)
		if g.Rows() == 0 {
			return
		}
		// gonum sums over distances towards a vertex.
		turned, err := g.Transpose(context.Background(), 1)
		if err != nil {
			rt.Fatal(err)
		}
		oracle := directedGonum(turned)
		want := make([]float64, g.Rows())
		for v, x := range network.Harmonic(oracle, path.DijkstraAllPaths(oracle)) {
			want[v] = x
		}
		if diff := cmp.Diff(want, closeness(t, g, influence.ClosenessOptions{Threads: 1}).Score, closely); diff != "" {
			rt.Fatalf("gonum and we differ on %v:\n%s", arcsOf(g), diff)
		}
	})
}

func TestClosenessIsTheDefinition(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := randomGraph(rt, rapid.Bool().Draw(rt, "undirected"), rapid.Bool().Draw(rt, "weighted"), true)
		opt := influence.ClosenessOptions{Length: anyLength(rt), Threads: 1}
		want := closeness(t, g, opt)
		if diff := cmp.Diff(bruteClose(g, opt.Length), want.Score, closely); diff != "" {
			rt.Fatalf("scores of %v (-definition +got):\n%s", arcsOf(g), diff)
		}
		to := shuffled(rt, g.Rows())
		moved := closeness(t, graphtest.Relabel(g, to), opt)
		back := make([]float64, g.Rows())
		for v := range back {
			back[v] = moved.Score[to[v]]
		}
		if diff := cmp.Diff(want.Score, back, closely); diff != "" {
			rt.Fatalf("relabelling changes scores:\n%s", diff)
		}
	})
}

// TestClosenessOfManyTargets needs several crowds of searches, which meet levels
// of every width: a dense middle with long tails, and a thousand small parts.
func TestClosenessOfManyTargets(t *testing.T) {
	arcs := arcsOf(crowd(t, 400, 2000, true, false))
	n := uint32(400)
	for tail := range uint32(3) {
		for i := range uint32(60) {
			from := n - 1
			if i == 0 {
				from = tail
			}
			arcs = append(arcs, graph.Arc{From: from, To: n})
			n++
		}
	}
	for range 100 {
		arcs = append(arcs, graph.Arc{From: n, To: n + 1}, graph.Arc{From: n + 1, To: n + 2})
		n += 3
	}
	for _, undirected := range []bool{false, true} {
		g := build(t, n, undirected, arcs)
		got := closeness(t, g, influence.ClosenessOptions{})
		far := make([]int, n)
		for s := range n {
			clear(far)
			far[s] = 1
			want := 0.0
			for queue := []uint32{s}; len(queue) > 0; queue = queue[1:] {
				for _, v := range g.Neighbours(queue[0]) {
					if far[v] == 0 {
						far[v] = far[queue[0]] + 1
						want += 1 / float64(far[v]-1)
						queue = append(queue, v)
					}
				}
			}
			if math.Abs(got.Score[s]-want) > 1e-9 {
				t.Fatalf("undirected %v: vertex %d has %v, want %v", undirected, s, got.Score[s], want)
			}
		}
	}
}

func TestClosenessSampled(t *testing.T) {
	for _, length := range []influence.Length{influence.LengthOne, influence.LengthInverse} {
		g := crowd(t, 400, 1500, true, true)
		exact := closeness(t, g, influence.ClosenessOptions{Length: length})
		if exact.Bound != 0 || exact.Targets != g.Rows() {
			t.Errorf("exact closeness has the bound %v after %d targets", exact.Bound, exact.Targets)
		}
		differ := false
		for seed := range uint64(4) {
			got := closeness(t, g, influence.ClosenessOptions{Targets: 200, Seed: seed, Length: length})
			worst := 0.0
			for v, x := range got.Score {
				worst = max(worst, math.Abs(x-exact.Score[v]))
			}
			if got.Targets != 200 || !(got.Bound > 0) || worst > got.Bound {
				t.Errorf("seed %d: %d targets, a score is off by %v, the bound is %v", seed, got.Targets, worst, got.Bound)
			}
			differ = differ || worst > 0
		}
		if !differ {
			t.Error("every sample gives the exact scores")
		}
	}
	// By hand, for 50 of the 101 vertices of a star:
	// 101·√((1-49/101)·ln(202/.1)/100).
	s := closeness(t, star(t, 100), influence.ClosenessOptions{Targets: 50})
	if want := 101 * math.Sqrt((1-49./101)*math.Log(2020)/100); math.Abs(s.Bound-want) > 1e-9 {
		t.Errorf("the bound is %v, want %v", s.Bound, want)
	}
}

func TestClosenessOfStarAndComplete(t *testing.T) {
	const leaves = 100_000
	got := closeness(t, star(t, leaves), influence.ClosenessOptions{Targets: 300})
	if math.Abs(got.Score[0]-leaves) > got.Bound || math.Abs(got.Score[1]-(1+(leaves-1)/2.)) > got.Bound {
		t.Errorf("hub %v and leaf %v, want %v and %v within %v", got.Score[0], got.Score[1], leaves, 1+(leaves-1)/2., got.Bound)
	}
	for v, x := range closeness(t, complete(t, 280), influence.ClosenessOptions{}).Score {
		if math.Abs(x-279) > 1e-9 {
			t.Fatalf("vertex %d of a complete graph has %v", v, x)
		}
	}
}

func TestClosenessSameBitsForAnyThreads(t *testing.T) {
	for _, length := range []influence.Length{influence.LengthOne, influence.LengthWeight, influence.LengthInverse} {
		for _, undirected := range []bool{false, true} {
			g := crowd(t, 800, 3500, undirected, true)
			opt := influence.ClosenessOptions{Length: length, Threads: 1, Targets: 700, Seed: 3}
			if length != influence.LengthOne {
				opt.Targets = 24
			}
			want := closeness(t, g, opt)
			for _, threads := range threadCounts {
				opt.Threads = threads
				same(t, threads, want, closeness(t, g, opt))
			}
		}
	}
}

func TestClosenessRefuses(t *testing.T) {
	g := build(t, 3, false, []graph.Arc{{From: 0, To: 1}, {From: 1, To: 2}})
	tests := []struct {
		name string
		g    *graph.Graph
		opt  influence.ClosenessOptions
		want string
	}{
		{"rectangular", graphtest.SouthernWomen().Graph, influence.ClosenessOptions{}, "18 rows and 14 columns"},
		{"negative targets", g, influence.ClosenessOptions{Targets: -1}, "-1 vertices"},
		{"unknown length", g, influence.ClosenessOptions{Length: 9}, "length 9"},
		{"negative confidence", g, influence.ClosenessOptions{Targets: 1, Confidence: -1}, "confidence is -1"},
		{"foreign transpose", g, influence.ClosenessOptions{Transposed: build(t, 2, false, nil)}, "don't belong together"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := influence.Closeness(context.Background(), tt.g, tt.opt)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error is %v, want one that says %q", err, tt.want)
			}
		})
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := influence.Closeness(ctx, g, influence.ClosenessOptions{}); err == nil {
		t.Error("no error although the context has ended")
	}
}

func BenchmarkCloseness(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		g := crowd(b, n, 10*n, true, false)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				closeness(b, g, influence.ClosenessOptions{Targets: 1000})
			}
			b.ReportMetric(float64(g.Arcs()), "arcs")
		})
	}
}
