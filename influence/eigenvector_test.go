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

func eigenvector(t testing.TB, g *graph.Graph, opt influence.SpectralOptions) *influence.Eigen {
	t.Helper()
	e, err := influence.Eigenvector(context.Background(), g, opt)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// fine asks for nearly all digits.
var fine = influence.SpectralOptions{Tolerance: 1e-12, MaxIterations: 20_000, Threads: 1}

func TestEigenvectorKnownAnswers(t *testing.T) {
	half := math.Sqrt(.5)
	tests := []struct {
		name  string
		g     *graph.Graph
		value float64
		want  []float64
	}{
		{"empty", &graph.Graph{}, 0, []float64{}},
		{"no ties", build(t, 2, true, nil), 0, []float64{0, 0}},
		{"one loop", build(t, 1, true, []graph.Arc{{From: 0, To: 0, Weight: 3}}), 3, []float64{1}},
		{"a pair and an isolated vertex", build(t, 3, true, []graph.Arc{{From: 0, To: 2}}), 1, []float64{half, 0, half}},
		// A star of four leaves has √4, and the hub as much as its leaves
		// together: it falls into two sides, of which -2 is an eigenvalue too.
		{"star", build(t, 5, true, []graph.Arc{{From: 0, To: 1}, {From: 0, To: 2}, {From: 0, To: 3}, {From: 0, To: 4}}), 2,
			[]float64{half, half / 2, half / 2, half / 2, half / 2}},
		{"complete", complete(t, 4), 3, []float64{.5, .5, .5, .5}},
		{"weights", build(t, 2, true, []graph.Arc{{From: 0, To: 1, Weight: 7}}), 7, []float64{half, half}},
		{"tiny weights", build(t, 3, true, []graph.Arc{{From: 0, To: 1, Weight: 1e-40}, {From: 1, To: 2, Weight: 1e-40}}), math.Sqrt2 * float64(float32(1e-40)), []float64{.5, half, .5}},
		{"huge weights", build(t, 3, true, []graph.Arc{{From: 0, To: 1, Weight: 3e38}, {From: 1, To: 2, Weight: 3e38}}), math.Sqrt2 * float64(float32(3e38)), []float64{.5, half, .5}},
		{"a larger part rules", build(t, 5, true, []graph.Arc{{From: 0, To: 1}, {From: 2, To: 3}, {From: 3, To: 4}, {From: 4, To: 2}}), 2,
			[]float64{0, 0, 1 / math.Sqrt(3), 1 / math.Sqrt(3), 1 / math.Sqrt(3)}},
		{"two equal parts", build(t, 4, true, []graph.Arc{{From: 0, To: 1}, {From: 2, To: 3}}), 1, []float64{.5, .5, .5, .5}},
		{"no way back", build(t, 3, false, []graph.Arc{{From: 0, To: 1}, {From: 1, To: 2}, {From: 0, To: 2}}), 0, []float64{0, 0, 0}},
		{"a loop at the end of a path", build(t, 3, false, []graph.Arc{{From: 0, To: 1}, {From: 1, To: 2}, {From: 2, To: 2}}), 1, []float64{0, 0, 1}},
		// All cycles are of length 2: x_0 = x_1/√2 as 0 is pointed at by 1 and
		// 1 by 0 twice as much.
		{"a cycle of two", build(t, 2, false, []graph.Arc{{From: 0, To: 1, Weight: 2}, {From: 1, To: 0}}), math.Sqrt2, []float64{1 / math.Sqrt(3), math.Sqrt(2. / 3)}},
		// 0→1→2→0 and who is pointed at from there: 3 by 2 only.
		{"a cycle and a follower", build(t, 4, false, []graph.Arc{{From: 0, To: 1}, {From: 1, To: 2}, {From: 2, To: 0}, {From: 2, To: 3}}), 1, []float64{.5, .5, .5, .5}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := eigenvector(t, tt.g, fine)
			if diff := cmp.Diff(tt.want, got.Score, cmpopts.EquateApprox(0, 1e-9)); diff != "" {
				t.Errorf("scores (-want +got):\n%s", diff)
			}
			if math.Abs(got.Value-tt.value) > 1e-9*tt.value {
				t.Errorf("value is %v, want %v", got.Value, tt.value)
			}
		})
	}
	// igraph 1.0: the eigenvalue, and the scores of Mr Hi and his deputy with
	// that of John A as 1.
	k := eigenvector(t, graphtest.Karate().Graph, influence.SpectralOptions{})
	if math.Abs(k.Value-6.725697727631733) > 1e-9 || math.Abs(k.Score[0]/k.Score[33]-.952132) > 1e-6 || math.Abs(k.Score[1]/k.Score[33]-.712335) > 1e-6 {
		t.Errorf("the karate club has the value %v and scores %v", k.Value, k.Score)
	}
}

func TestEigenvectorAgreesWithGonum(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := randomGraph(rt, true, rapid.Bool().Draw(rt, "weighted"), true)
		if g.Rows() == 0 {
			return
		}
		var e mat.EigenSym
		if !e.Factorize(mat.NewSymDense(g.Rows(), dense(g).RawMatrix().Data), true) {
			rt.Fatal("gonum finds no eigenvalues")
		}
		values := e.Values(nil)
		last := len(values) - 1
		got := eigenvector(t, g, fine)
		if math.Abs(got.Value-values[last]) > 1e-9*max(1, values[last]) {
			rt.Fatalf("value is %v, gonum's %v", got.Value, values[last])
		}
		if last > 0 && values[last]-values[last-1] < 1e-3*values[last] || values[last] == 0 {
			return // there is no single foremost vector
		}
		var q mat.Dense
		e.VectorsTo(&q)
		for v := range got.Score {
			if want := math.Abs(q.At(v, last)); math.Abs(got.Score[v]-want) > 1e-7 {
				rt.Fatalf("vertex %d of %v has %v, gonum %v", v, arcsOf(g), got.Score[v], want)
			}
		}
	})
}

// TestEigenvectorIsOne checks the definition: pulling the scores once more, the
// plain way, gives the value times the scores.
func TestEigenvectorIsOne(t *testing.T) {
	for _, undirected := range []bool{false, true} {
		for _, weighted := range []bool{false, true} {
			g := crowd(t, 800, 8000, undirected, weighted)
			for _, tolerance := range []float64{1e-4, 1e-9, 1e-12} {
				got := eigenvector(t, g, influence.SpectralOptions{Tolerance: tolerance, MaxIterations: 20_000})
				next, length, off := make([]float64, g.Rows()), 0.0, 0.0
				for _, a := range arcsBothWays(g) {
					next[a.to] += a.length * got.Score[a.from]
				}
				for v, x := range got.Score {
					length += x * x
					off += (next[v] - got.Value*x) * (next[v] - got.Value*x)
					if x < 0 {
						t.Fatalf("vertex %d has %v", v, x)
					}
				}
				if math.Abs(length-1) > 1e-9 || math.Sqrt(off) > 1.01*tolerance*got.Value+1e-14*got.Value || got.Residual > tolerance {
					t.Errorf("undirected %v weighted %v: length %v, off by %g of %g, residual %g, want %g", undirected, weighted, math.Sqrt(length), math.Sqrt(off), got.Value, got.Residual, tolerance)
				}
			}
		}
	}
}

func TestEigenvectorSameBitsForAnyThreads(t *testing.T) {
	for _, undirected := range []bool{false, true} {
		g := crowd(t, 8000, 60_000, undirected, undirected)
		want := eigenvector(t, g, influence.SpectralOptions{MaxIterations: 8, Threads: 1})
		for _, threads := range threadCounts {
			same(t, threads, want, eigenvector(t, g, influence.SpectralOptions{MaxIterations: 8, Threads: threads}))
		}
	}
}

func TestEigenvectorLaws(t *testing.T) {
	near := cmpopts.EquateApprox(0, 1e-7)
	g := crowd(t, 100, 600, true, true)
	want := eigenvector(t, g, fine)
	rapid.Check(t, func(rt *rapid.T) {
		to := shuffled(rt, g.Rows())
		moved := eigenvector(t, graphtest.Relabel(g, to), fine)
		back := make([]float64, g.Rows())
		for v := range back {
			back[v] = moved.Score[to[v]]
		}
		if diff := cmp.Diff(want.Score, back, near); diff != "" {
			rt.Fatalf("relabelling changes scores:\n%s", diff)
		}
	})
	scaled, twice := arcsOf(g), arcsOf(g)
	for i, a := range arcsOf(g) {
		scaled[i].Weight *= 8
		twice = append(twice, graph.Arc{From: a.From + g.Cols, To: a.To + g.Cols, Weight: a.Weight})
	}
	got := eigenvector(t, build(t, g.Cols, true, scaled), fine)
	if diff := cmp.Diff(want.Score, got.Score, near); diff != "" || math.Abs(got.Value-8*want.Value) > 1e-9*got.Value {
		t.Errorf("value %v became %v with 8 times the weights:\n%s", want.Value, got.Value, diff)
	}
	both := eigenvector(t, build(t, 2*g.Cols, true, twice), fine)
	for v, x := range want.Score {
		if y := both.Score[v+g.Rows()] * math.Sqrt2; math.Abs(y-x) > 1e-7 {
			t.Fatalf("vertex %d has %v alone and %v in the second of two copies", v, x, y)
		}
	}
}

func TestEigenvectorStops(t *testing.T) {
	for _, undirected := range []bool{false, true} {
		g := crowd(t, 1000, 5000, undirected, false)
		got := eigenvector(t, g, influence.SpectralOptions{MaxIterations: 4})
		if got.Iterations != 4 || !(got.Residual > 1e-9) {
			t.Errorf("after %d products the residual is %g; want 4 products and more than 1e-9", got.Iterations, got.Residual)
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if _, err := influence.Eigenvector(ctx, g, influence.SpectralOptions{}); err == nil {
			t.Error("no error although the context has ended")
		}
	}
}

func TestSpectralKernelsRefuse(t *testing.T) {
	g := build(t, 3, false, []graph.Arc{{From: 0, To: 1}, {From: 1, To: 0}})
	tests := []struct {
		name string
		g    *graph.Graph
		opt  influence.SpectralOptions
		want string
	}{
		{"rectangular", graphtest.SouthernWomen().Graph, influence.SpectralOptions{}, "18 rows and 14 columns"},
		{"negative tolerance", g, influence.SpectralOptions{Tolerance: -1}, "tolerance is -1"},
		{"negative iterations", g, influence.SpectralOptions{MaxIterations: -1}, "-1 iterations"},
		{"foreign transpose", g, influence.SpectralOptions{Transposed: build(t, 2, false, nil)}, "don't belong together"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := influence.Eigenvector(context.Background(), tt.g, tt.opt)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("eigenvector: error is %v, want one that says %q", err, tt.want)
			}
			_, err = influence.HITS(context.Background(), tt.g, tt.opt)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("hits: error is %v, want one that says %q", err, tt.want)
			}
			_, err = influence.Katz(context.Background(), tt.g, influence.KatzOptions{Tolerance: tt.opt.Tolerance, MaxIterations: tt.opt.MaxIterations, Transposed: tt.opt.Transposed})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("katz: error is %v, want one that says %q", err, tt.want)
			}
		})
	}
}

func BenchmarkEigenvector(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		for _, kind := range []string{"directed", "undirected"} {
			g := crowd(b, n, 20*n, kind == "undirected", false)
			in, err := g.Transpose(context.Background(), 0)
			if err != nil {
				b.Fatal(err)
			}
			b.Run(fmt.Sprintf("%s/%d", kind, n), func(b *testing.B) {
				for b.Loop() {
					eigenvector(b, g, influence.SpectralOptions{Transposed: in})
				}
				b.ReportMetric(float64(g.Arcs()), "arcs")
			})
		}
	}
}
