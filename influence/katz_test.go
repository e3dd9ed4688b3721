package influence_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"kith/graph"
	"kith/graph/graphtest"
	"kith/influence"
)

func katz(t testing.TB, g *graph.Graph, opt influence.KatzOptions) *influence.Katzes {
	t.Helper()
	k, err := influence.Katz(context.Background(), g, opt)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestKatzKnownAnswers(t *testing.T) {
	tests := []struct {
		name string
		g    *graph.Graph
		opt  influence.KatzOptions
		want []float64
	}{
		{"empty", &graph.Graph{}, influence.KatzOptions{}, nil},
		{"one vertex", build(t, 1, true, nil), influence.KatzOptions{}, []float64{1}},
		// Walks without end: 1 + α·3 + (α·3)² + … = 1/(1-.3).
		{"loop", build(t, 1, false, []graph.Arc{{From: 0, To: 0, Weight: 3}}), influence.KatzOptions{Attenuation: .1}, []float64{1 / .7}},
		{"path of arcs", build(t, 4, false, []graph.Arc{{From: 0, To: 1}, {From: 1, To: 2}}), influence.KatzOptions{Attenuation: .5}, []float64{1, 1.5, 1.75, 1}},
		// Nothing grows without end on a path, whatever the attenuation.
		{"growing path", build(t, 3, false, []graph.Arc{{From: 0, To: 1}, {From: 1, To: 2}}), influence.KatzOptions{Attenuation: 100}, []float64{1, 101, 10_101}},
		// A pair: x = 1 + α·x.
		{"pair", build(t, 2, true, []graph.Arc{{From: 0, To: 1}}), influence.KatzOptions{Attenuation: .75}, []float64{4, 4}},
		{"pair by default", build(t, 2, true, []graph.Arc{{From: 0, To: 1, Weight: 1e-30}}), influence.KatzOptions{}, []float64{1 / .15, 1 / .15}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.opt.Tolerance = 1e-13
			got := katz(t, tt.g, tt.opt)
			if diff := cmp.Diff(tt.want, got.Score, cmpopts.EquateApprox(1e-9, 0), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("scores (-want +got):\n%s", diff)
			}
		})
	}
	// numpy.linalg.solve(I - .1·Aᵀ, 1) for Mr Hi, John A and actor 12 of the
	// karate club.
	k := katz(t, graphtest.Karate().Graph, influence.KatzOptions{Attenuation: .1})
	for v, want := range map[int]float64{0: 4.98299, 33: 5.13934, 11: 1.4983} {
		if math.Abs(k.Score[v]-want) > 1e-5 {
			t.Errorf("actor %d has %v, want %v", v+1, k.Score[v], want)
		}
	}
}

func TestKatzAgreesWithGonum(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := randomGraph(rt, rapid.Bool().Draw(rt, "undirected"), rapid.Bool().Draw(rt, "weighted"), true)
		if g.Rows() == 0 {
			return
		}
		got := katz(t, g, influence.KatzOptions{Tolerance: 1e-13, Threads: 1})
		// The attenuation chosen must leave room to the largest eigenvalue.
		var e mat.Eigen
		if !e.Factorize(dense(g), mat.EigenNone) {
			rt.Fatal("gonum finds no eigenvalues")
		}
		for _, x := range e.Values(nil) {
			if math.Hypot(real(x), imag(x))*got.Attenuation > .8501 {
				rt.Fatalf("attenuation %v is too large for the eigenvalue %v of %v", got.Attenuation, x, arcsOf(g))
			}
		}
		n := g.Rows()
		m, ones := mat.NewDense(n, n, nil), mat.NewVecDense(n, nil)
		m.Scale(-got.Attenuation, dense(g).T())
		for v := range n {
			m.Set(v, v, m.At(v, v)+1)
			ones.SetVec(v, 1)
		}
		var want mat.VecDense
		if err := want.SolveVec(m, ones); err != nil {
			rt.Fatal(err)
		}
		if diff := cmp.Diff(want.RawVector().Data, got.Score, cmpopts.EquateApprox(1e-8, 0)); diff != "" {
			rt.Fatalf("scores of %v (-gonum +got):\n%s", arcsOf(g), diff)
		}
	})
}

// TestKatzOneMoreSweepChangesLittle checks the definition the plain way.
func TestKatzOneMoreSweepChangesLittle(t *testing.T) {
	for _, undirected := range []bool{false, true} {
		for _, weighted := range []bool{false, true} {
			g := crowd(t, 800, 8000, undirected, weighted)
			got := katz(t, g, influence.KatzOptions{Tolerance: 1e-7})
			next := make([]float64, g.Rows())
			for _, a := range arcsBothWays(g) {
				next[a.to] += got.Attenuation * a.length * got.Score[a.from]
			}
			most, change := 0.0, 0.0
			for v, x := range got.Score {
				most, change = max(most, x), max(change, math.Abs(1+next[v]-x))
			}
			if change > 1e-7*most || got.Residual > 1e-7 || most < 2 {
				t.Errorf("undirected %v weighted %v: one more sweep changes %g of %g", undirected, weighted, change, most)
			}
		}
	}
}

func TestKatzLaws(t *testing.T) {
	g := crowd(t, 100, 600, false, true)
	want := katz(t, g, influence.KatzOptions{Tolerance: 1e-13})
	near := cmpopts.EquateApprox(1e-9, 0)
	rapid.Check(t, func(rt *rapid.T) {
		to := shuffled(rt, g.Rows())
		moved := katz(t, graphtest.Relabel(g, to), influence.KatzOptions{Tolerance: 1e-13, Threads: 1})
		back := make([]float64, g.Rows())
		for v := range back {
			back[v] = moved.Score[to[v]]
		}
		if diff := cmp.Diff(want.Score, back, near); diff != "" {
			rt.Fatalf("relabelling changes scores:\n%s", diff)
		}
	})
	scaled := arcsOf(g)
	for i := range scaled {
		scaled[i].Weight *= 1e-20
	}
	got := katz(t, build(t, g.Cols, false, scaled), influence.KatzOptions{Tolerance: 1e-13})
	if diff := cmp.Diff(want.Score, got.Score, cmpopts.EquateApprox(1e-5, 0)); diff != "" {
		t.Errorf("the scale of weights changes scores:\n%.400s", diff)
	}
}

func TestKatzSameBitsForAnyThreads(t *testing.T) {
	for _, undirected := range []bool{false, true} {
		g := crowd(t, 8000, 60_000, undirected, undirected)
		want := katz(t, g, influence.KatzOptions{Tolerance: .05, Threads: 1})
		for _, threads := range threadCounts {
			same(t, threads, want, katz(t, g, influence.KatzOptions{Tolerance: .05, Threads: threads}))
		}
	}
}

func TestKatzRefuses(t *testing.T) {
	g := complete(t, 5)
	for _, tt := range []struct {
		alpha float64
		want  string
	}{
		{-1, "attenuation is -1"},
		{math.NaN(), "attenuation is NaN"},
		{math.Inf(1), "attenuation is +Inf"},
		// The largest eigenvalue is 4.
		{.26, "one below 0.25 is safe"},
		{1e100, "one below 0.25 is safe"},
	} {
		_, err := influence.Katz(context.Background(), g, influence.KatzOptions{Attenuation: tt.alpha})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("attenuation %v gives %v, want an error that says %q", tt.alpha, err, tt.want)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := influence.Katz(ctx, g, influence.KatzOptions{}); err == nil {
		t.Error("no error although the context has ended")
	}
}

func BenchmarkKatz(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		g := crowd(b, n, 20*n, true, false)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				katz(b, g, influence.KatzOptions{})
			}
			b.ReportMetric(float64(g.Arcs()), "arcs")
		})
	}
}
