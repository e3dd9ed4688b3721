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
	"gonum.org/v1/gonum/graph/simple"
	"pgregory.net/rapid"

	"kith/graph"
	"kith/graph/graphtest"
	"kith/influence"
)

func pageRank(t testing.TB, g *graph.Graph, opt influence.PageRankOptions) influence.Ranks {
	t.Helper()
	r, err := influence.PageRank(context.Background(), g, opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestPageRankKnownAnswers(t *testing.T) {
	// In a → b, with b a sink, a's rank is 1/(2+d): by hand, from
	// x_a = (1-d)/2 + d·x_b/2 and x_a + x_b = 1.
	const a = 1 / 2.85
	// Of the loop a → a and a → b of weights 3 and 1:
	// x_a = .15/2 + .85·(.75·x_a + x_b/2), x_a + x_b = 1.
	const looped = (.075 + .425) / (1 - .85*.75 + .425)
	tests := []struct {
		name string
		g    *graph.Graph
		opt  influence.PageRankOptions
		want []float64
		tol  float64
	}{
		{"empty", &graph.Graph{}, influence.PageRankOptions{}, nil, 0},
		{"one vertex", build(t, 1, false, nil), influence.PageRankOptions{}, []float64{1}, 1e-12},
		{"only isolated", build(t, 4, false, nil), influence.PageRankOptions{}, []float64{.25, .25, .25, .25}, 1e-12},
		{"sink", build(t, 2, false, []graph.Arc{{From: 0, To: 1}}),
			influence.PageRankOptions{Tolerance: 1e-13, MaxIterations: 500}, []float64{a, 1 - a}, 1e-12},
		{"loop", build(t, 2, false, []graph.Arc{{From: 0, To: 0, Weight: 3}, {From: 0, To: 1, Weight: 1}}),
			influence.PageRankOptions{Tolerance: 1e-13, MaxIterations: 500}, []float64{looped, 1 - looped}, 1e-12},
		// A star of three leaves: the hub has (1-d)/4 + d·(1-x), so
		// x = (.0375+.85)/1.85; each leaf a third of the rest.
		{"undirected star", build(t, 4, true, []graph.Arc{{From: 0, To: 1}, {From: 0, To: 2}, {From: 0, To: 3}}),
			influence.PageRankOptions{}, []float64{.8875 / 1.85, .9625 / 5.55, .9625 / 5.55, .9625 / 5.55}, 1e-5},
		{"cycle", build(t, 3, false, []graph.Arc{{From: 0, To: 1}, {From: 1, To: 2}, {From: 2, To: 0}}),
			influence.PageRankOptions{}, []float64{1. / 3, 1. / 3, 1. / 3}, 1e-12},
		{"Wikipedia's pages", graphtest.Pages().Graph, influence.PageRankOptions{},
			[]float64{.033, .384, .343, .039, .081, .039, .016, .016, .016, .016, .016}, .0005},
		// In a → b with all walks from a: x_a = (1-d)+d·x_b, x_b = d·x_a.
		{"personal", build(t, 3, false, []graph.Arc{{From: 0, To: 1}}),
			influence.PageRankOptions{Personal: []uint32{0}, Tolerance: 1e-13, MaxIterations: 500}, []float64{1 / 1.85, .85 / 1.85, 0}, 1e-12},
		{"personal weights on isolated vertices", build(t, 3, false, nil),
			influence.PageRankOptions{Personal: []uint32{0, 2}, PersonalWeights: []float64{1, 3}}, []float64{.25, 0, .75}, 1e-12},
		{"one who stands twice counts twice", build(t, 2, false, nil),
			influence.PageRankOptions{Personal: []uint32{1, 0, 1}}, []float64{1. / 3, 2. / 3}, 1e-12},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := pageRank(t, tt.g, tt.opt)
			if diff := cmp.Diff(tt.want, got.Score, cmpopts.EquateApprox(0, tt.tol)); diff != "" {
				t.Errorf("ranks (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPageRankAgreesWithGonum(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := anyGraph(rt, false)
		if g.Rows() == 0 {
			return // which gonum doesn't take
		}
		oracle := simple.NewWeightedDirectedGraph(0, 0)
		for v := range g.Rows() {
			oracle.AddNode(simple.Node(v))
		}
		for u := range uint32(g.Rows()) {
			w := g.WeightsOf(u)
			for i, v := range g.Neighbours(u) {
				x := 1.0
				if w != nil {
					x = float64(w[i])
				}
				oracle.SetWeightedEdge(oracle.NewWeightedEdge(simple.Node(u), simple.Node(v), x))
			}
		}
		want := make([]float64, g.Rows())
		for id, x := range network.PageRank(oracle, 0.85, 1e-12) {
			want[id] = x
		}
		got := pageRank(t, g, influence.PageRankOptions{Tolerance: 1e-13, MaxIterations: 1000})
		if diff := cmp.Diff(want, got.Score, cmpopts.EquateApprox(0, 1e-9), cmpopts.EquateEmpty()); diff != "" {
			rt.Fatalf("gonum and we differ on %v:\n%s", arcsOf(g), diff)
		}
	})
}

// pushed does one sweep of PageRank the plain way: everyone gives to whom they
// point at.
func pushed(g *graph.Graph, x, t []float64, d float64) []float64 {
	y := make([]float64, len(x))
	stuck := 0.0
	for u := range uint32(g.Rows()) {
		s, w := 0.0, g.WeightsOf(u)
		for i := range g.Neighbours(u) {
			if w == nil {
				s++
			} else {
				s += float64(w[i])
			}
		}
		if s == 0 {
			stuck += x[u]
			continue
		}
		for i, v := range g.Neighbours(u) {
			if w == nil {
				y[v] += d * x[u] / s
			} else {
				y[v] += d * x[u] / s * float64(w[i])
			}
		}
	}
	for v := range y {
		y[v] += (1 - d + d*stuck) * t[v]
	}
	return y
}

func TestPageRankOneMoreSweepChangesLittle(t *testing.T) {
	const n = 2000
	even, some := make([]float64, n), make([]float64, n)
	for v := range even {
		even[v] = 1. / n
	}
	some[7], some[1500] = .5, .5
	for _, undirected := range []bool{false, true} {
		for _, weighted := range []bool{false, true} {
			g := crowd(t, n, 24_000, undirected, weighted)
			for _, tol := range []float64{1e-4, 1e-6, 1e-7, 1e-12} {
				for _, personal := range [][]uint32{nil, {7, 1500}} {
					t.Run(fmt.Sprintf("undirected %v weighted %v to %g from %v", undirected, weighted, tol, personal), func(t *testing.T) {
						start := even
						if personal != nil {
							start = some
						}
						got := pageRank(t, g, influence.PageRankOptions{Tolerance: tol, MaxIterations: 1000, Personal: personal})
						total, change := 0.0, 0.0
						for v, y := range pushed(g, got.Score, start, .85) {
							total += got.Score[v]
							change += math.Abs(y - got.Score[v])
						}
						if change > tol {
							t.Errorf("one more sweep changes %g, more than %g", change, tol)
						}
						if math.Abs(total-1) > 1e-12 {
							t.Errorf("ranks add up to %v", total)
						}
						if got.Residual > tol {
							t.Errorf("residual %g is above %g", got.Residual, tol)
						}
					})
				}
			}
		}
	}
}

func TestPageRankSameBitsForAnyThreads(t *testing.T) {
	for _, tol := range []float64{1e-6, 1e-9} {
		for _, undirected := range []bool{false, true} {
			g := crowd(t, 8000, 100_000, undirected, !undirected)
			want := pageRank(t, g, influence.PageRankOptions{Tolerance: tol, MaxIterations: 15, Threads: 1})
			for _, threads := range threadCounts {
				got := pageRank(t, g, influence.PageRankOptions{Tolerance: tol, MaxIterations: 15, Threads: threads})
				same(t, threads, want, got)
			}
		}
	}
}

func TestPageRankLaws(t *testing.T) {
	fine := influence.PageRankOptions{Tolerance: 1e-13, MaxIterations: 1000}
	near := cmp.Options{cmpopts.EquateApprox(0, 1e-10), cmpopts.EquateEmpty()}
	rapid.Check(t, func(rt *rapid.T) {
		g := anyGraph(rt, true)
		want := pageRank(t, g, fine)
		total := 0.0
		for _, x := range want.Score {
			total += x
		}
		if g.Rows() > 0 && math.Abs(total-1) > 1e-12 {
			rt.Fatalf("ranks add up to %v", total)
		}

		to := shuffled(rt, g.Rows())
		moved := pageRank(t, graphtest.Relabel(g, to), fine)
		back := make([]float64, g.Rows())
		for v := range back {
			back[v] = moved.Score[to[v]]
		}
		if diff := cmp.Diff(want.Score, back, near); diff != "" {
			rt.Fatalf("relabelling changes ranks:\n%s", diff)
		}

		scaled := arcsOf(g)
		for i := range scaled {
			scaled[i].Weight *= 8
		}
		if diff := cmp.Diff(want.Score, pageRank(t, build(t, g.Cols, g.Undirected, scaled), fine).Score, near); diff != "" {
			rt.Fatalf("the scale of weights changes ranks:\n%s", diff)
		}

		both := arcsOf(g)
		for _, a := range arcsOf(g) {
			both = append(both, graph.Arc{From: a.From + g.Cols, To: a.To + g.Cols, Weight: a.Weight})
		}
		twice := pageRank(t, build(t, 2*g.Cols, g.Undirected, both), fine)
		for v, x := range want.Score {
			if y, z := twice.Score[v], twice.Score[v+g.Rows()]; math.Abs(y-x/2) > 1e-10 || math.Abs(z-x/2) > 1e-10 {
				rt.Fatalf("vertex %d has rank %v alone, but %v and %v in two copies", v, x, y, z)
			}
		}
	})
}

func TestPageRankExtremeWeights(t *testing.T) {
	// Only proportions count, so 1e-30 and 3e38 give what 1 and 1 give.
	arcs := []graph.Arc{{From: 0, To: 1, Weight: 1e-30}, {From: 1, To: 2, Weight: 3e38}, {From: 2, To: 0, Weight: 1}, {From: 2, To: 1, Weight: 1}}
	plain := []graph.Arc{{From: 0, To: 1}, {From: 1, To: 2}, {From: 2, To: 0}, {From: 2, To: 1}}
	want := pageRank(t, build(t, 3, false, plain), influence.PageRankOptions{})
	got := pageRank(t, build(t, 3, false, arcs), influence.PageRankOptions{})
	if diff := cmp.Diff(want.Score, got.Score, cmpopts.EquateApprox(0, 1e-5)); diff != "" {
		t.Errorf("ranks (-want +got):\n%s", diff)
	}
}

func TestPageRankStops(t *testing.T) {
	g := crowd(t, 1000, 5000, false, false)
	got := pageRank(t, g, influence.PageRankOptions{MaxIterations: 3})
	if got.Iterations != 3 || !(got.Residual > 1e-6) {
		t.Errorf("after %d sweeps the residual is %g; want 3 sweeps and more than 1e-6", got.Iterations, got.Residual)
	}
	var last int64
	full := pageRank(t, g, influence.PageRankOptions{Progress: func(_ string, done, _ int64) { last = done }})
	if last != int64(full.Iterations) {
		t.Errorf("progress ends at %d, sweeps at %d", last, full.Iterations)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := influence.PageRank(ctx, g, influence.PageRankOptions{}); err == nil {
		t.Error("no error although the context has ended")
	}
}

func TestPageRankRefuses(t *testing.T) {
	g := build(t, 3, false, []graph.Arc{{From: 0, To: 1}})
	other := build(t, 2, false, nil)
	tests := []struct {
		name string
		g    *graph.Graph
		opt  influence.PageRankOptions
		want string
	}{
		{"damping of 1", g, influence.PageRankOptions{Damping: 1}, "damping is 1"},
		{"NaN damping", g, influence.PageRankOptions{Damping: math.NaN()}, "damping is NaN"},
		{"negative tolerance", g, influence.PageRankOptions{Tolerance: -1}, "tolerance is -1"},
		{"negative iterations", g, influence.PageRankOptions{MaxIterations: -1}, "-1 iterations"},
		{"unknown vertex", g, influence.PageRankOptions{Personal: []uint32{3}}, "vertex 3 is not among the 3"},
		{"too few weights", g, influence.PageRankOptions{Personal: []uint32{1, 2}, PersonalWeights: []float64{1}}, "1 personal weights for 2 vertices"},
		{"weights alone", g, influence.PageRankOptions{PersonalWeights: []float64{1}}, "without vertices"},
		{"negative weight", g, influence.PageRankOptions{Personal: []uint32{1}, PersonalWeights: []float64{-1}}, "is -1"},
		{"NaN weight", g, influence.PageRankOptions{Personal: []uint32{1}, PersonalWeights: []float64{math.NaN()}}, "is NaN"},
		{"weights of zero", g, influence.PageRankOptions{Personal: []uint32{1}, PersonalWeights: []float64{0}}, "add up to 0"},
		{"rectangular", &graph.Graph{Offsets: []uint64{0, 1}, Targets: []uint32{1}, Cols: 2}, influence.PageRankOptions{}, "1 rows and 2 columns"},
		{"foreign transpose", g, influence.PageRankOptions{Transposed: other}, "don't belong together"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := influence.PageRank(context.Background(), tt.g, tt.opt)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error is %v, want one that says %q", err, tt.want)
			}
		})
	}
}

func BenchmarkPageRank(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		for _, kind := range []string{"directed", "undirected", "weighted"} {
			g := crowd(b, n, 20*n, kind == "undirected", kind == "weighted")
			in, err := g.Transpose(context.Background(), 0)
			if err != nil {
				b.Fatal(err)
			}
			b.Run(fmt.Sprintf("%s/%d", kind, n), func(b *testing.B) {
				for b.Loop() {
					pageRank(b, g, influence.PageRankOptions{Transposed: in})
				}
				b.ReportMetric(float64(g.Arcs()), "arcs")
			})
		}
	}
}
