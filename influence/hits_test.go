package influence_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"gonum.org/v1/gonum/graph/network"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"kith/graph"
	"kith/graph/graphtest"
	"kith/influence"
)

func hits(t testing.TB, g *graph.Graph, opt influence.SpectralOptions) *influence.Hits {
	t.Helper()
	h, err := influence.HITS(context.Background(), g, opt)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestHITSKnownAnswers(t *testing.T) {
	half := math.Sqrt(.5)
	tests := []struct {
		name           string
		g              *graph.Graph
		value          float64
		hub, authority []float64
	}{
		{"empty", &graph.Graph{}, 0, []float64{}, []float64{}},
		{"no arcs", build(t, 2, false, nil), 0, []float64{0, 0}, []float64{0, 0}},
		{"one arc", build(t, 2, false, []graph.Arc{{From: 0, To: 1, Weight: 5}}), 5, []float64{1, 0}, []float64{0, 1}},
		// Two point at one.
		{"fan", build(t, 3, false, []graph.Arc{{From: 0, To: 2}, {From: 1, To: 2}}), math.Sqrt2, []float64{half, half, 0}, []float64{0, 0, 1}},
		{"tiny weights", build(t, 3, false, []graph.Arc{{From: 0, To: 2, Weight: 1e-40}, {From: 1, To: 2, Weight: 1e-40}}), math.Sqrt2 * float64(float32(1e-40)), []float64{half, half, 0}, []float64{0, 0, 1}},
		{"huge weights", build(t, 3, false, []graph.Arc{{From: 0, To: 2, Weight: 3e38}, {From: 1, To: 2, Weight: 3e38}}), math.Sqrt2 * float64(float32(3e38)), []float64{half, half, 0}, []float64{0, 0, 1}},
		// 0 points at 2 and 3, 1 at 3: WᵀW is [1 1; 1 2] on 2 and 3, whose
		// largest eigenvalue is φ² and vector (1, φ); the hubs mirror that.
		{"golden", build(t, 4, false, []graph.Arc{{From: 0, To: 2}, {From: 0, To: 3}, {From: 1, To: 3}}), math.Phi,
			[]float64{math.Phi / math.Hypot(1, math.Phi), 1 / math.Hypot(1, math.Phi), 0, 0}, []float64{0, 0, 1 / math.Hypot(1, math.Phi), math.Phi / math.Hypot(1, math.Phi)}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := hits(t, tt.g, fine)
			near := cmpopts.EquateApprox(0, 1e-9)
			if diff := cmp.Diff(tt.hub, got.Hub, near); diff != "" {
				t.Errorf("hubs (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.authority, got.Authority, near); diff != "" {
				t.Errorf("authorities (-want +got):\n%s", diff)
			}
			if math.Abs(got.Value-tt.value) > 1e-9*tt.value {
				t.Errorf("value is %v, want %v", got.Value, tt.value)
			}
		})
	}
	// On Wikipedia's pages B, whom most point at, is the first authority.
	p := graphtest.Pages()
	h := hits(t, p.Graph, influence.SpectralOptions{})
	for v, x := range h.Authority {
		if b := p.Vertex("B"); uint32(v) != b && x >= h.Authority[b] {
			t.Errorf("%s has more authority than B: %v", p.Names.At(uint32(v)), h.Authority)
		}
	}
}

// singular are the singular values of the matrix of weights, the largest first.
func singular(t *rapid.T, g *graph.Graph) []float64 {
	var svd mat.SVD
	if !svd.Factorize(dense(g), mat.SVDNone) {
		t.Fatal("gonum finds no singular values")
	}
	return svd.Values(nil)
}

func TestHITSAgreesWithGonum(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := randomGraph(rt, false, false, false)
		if g.Arcs() == 0 {
			return
		}
		values := singular(rt, g)
		got := hits(t, g, fine)
		if math.Abs(got.Value-values[0]) > 1e-9 {
			rt.Fatalf("value is %v, gonum's %v", got.Value, values[0])
		}
		if len(values) > 1 && values[0]-values[1] < .01*values[0] {
			return // there is no single foremost pair
		}
		for v, want := range network.HITS(directedGonum(g), 1e-12) {
			if math.Abs(got.Hub[v]-want.Hub) > 1e-6 || math.Abs(got.Authority[v]-want.Authority) > 1e-6 {
				rt.Fatalf("vertex %d of %v is hub %v and authority %v, gonum has %v", v, arcsOf(g), got.Hub[v], got.Authority[v], want)
			}
		}
	})
}

// TestHITSIsOne checks both equations of the definition the plain way.
func TestHITSIsOne(t *testing.T) {
	for _, undirected := range []bool{false, true} {
		for _, weighted := range []bool{false, true} {
			g := crowd(t, 800, 8000, undirected, weighted)
			for _, tolerance := range []float64{1e-4, 1e-9, 1e-12} {
				got := hits(t, g, influence.SpectralOptions{Tolerance: tolerance})
				hub, authority := make([]float64, g.Rows()), make([]float64, g.Rows())
				for _, a := range arcsBothWays(g) {
					hub[a.from] += a.length * got.Authority[a.to]
					authority[a.to] += a.length * got.Hub[a.from]
				}
				h, a, off, spare := 0.0, 0.0, 0.0, 0.0
				for v := range hub {
					h += got.Hub[v] * got.Hub[v]
					a += got.Authority[v] * got.Authority[v]
					d := hub[v] - got.Value*got.Hub[v]
					off += d * d
					d = authority[v] - got.Value*got.Authority[v]
					spare += d * d
				}
				if math.Abs(h-1) > 1e-9 || math.Abs(a-1) > 1e-9 {
					t.Errorf("hubs have length %v, authorities %v", math.Sqrt(h), math.Sqrt(a))
				}
				if off, spare = math.Sqrt(off)/got.Value, math.Sqrt(spare)/got.Value; off > 1.01*tolerance+1e-13 || spare > 1.01*tolerance+1e-13 || got.Residual > tolerance {
					t.Errorf("undirected %v weighted %v: hubs are off by %g, authorities by %g, residual %g, want %g", undirected, weighted, off, spare, got.Residual, tolerance)
				}
			}
		}
	}
}

func TestHITSLaws(t *testing.T) {
	near := cmpopts.EquateApprox(0, 1e-7)
	g := crowd(t, 100, 600, false, true)
	want := hits(t, g, fine)
	rapid.Check(t, func(rt *rapid.T) {
		to := shuffled(rt, g.Rows())
		moved := hits(t, graphtest.Relabel(g, to), fine)
		for v := range want.Hub {
			if math.Abs(moved.Hub[to[v]]-want.Hub[v]) > 1e-7 || math.Abs(moved.Authority[to[v]]-want.Authority[v]) > 1e-7 {
				rt.Fatalf("vertex %d has other scores under another name", v)
			}
		}
	})
	turned, err := g.Transpose(context.Background(), 1)
	if err != nil {
		t.Fatal(err)
	}
	back := hits(t, turned, fine)
	if diff := cmp.Diff(want.Hub, back.Authority, near); diff != "" {
		t.Errorf("hubs aren't the authorities of the transposed graph:\n%.400s", diff)
	}
	scaled := arcsOf(g)
	for i := range scaled {
		scaled[i].Weight *= 8
	}
	got := hits(t, build(t, g.Cols, false, scaled), fine)
	if diff := cmp.Diff(want.Hub, got.Hub, near); diff != "" || math.Abs(got.Value-8*want.Value) > 1e-9*got.Value {
		t.Errorf("value %v became %v with 8 times the weights:\n%.400s", want.Value, got.Value, diff)
	}
}

func TestHITSSameBitsForAnyThreads(t *testing.T) {
	for _, undirected := range []bool{false, true} {
		g := crowd(t, 8000, 60_000, undirected, undirected)
		want := hits(t, g, influence.SpectralOptions{MaxIterations: 6, Threads: 1})
		for _, threads := range threadCounts {
			same(t, threads, want, hits(t, g, influence.SpectralOptions{MaxIterations: 6, Threads: threads}))
		}
	}
}

func TestHITSOfStarAndComplete(t *testing.T) {
	const leaves = 100_000
	got := hits(t, star(t, leaves), influence.SpectralOptions{})
	if math.Abs(got.Value-math.Sqrt(leaves)) > 1e-6 {
		t.Errorf("the value of a star is %v", got.Value)
	}
	for v, x := range hits(t, complete(t, 100), influence.SpectralOptions{}).Hub {
		if math.Abs(x-.1) > 1e-9 {
			t.Fatalf("vertex %d of a complete graph has %v", v, x)
		}
	}
}

func BenchmarkHITS(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		g := crowd(b, n, 20*n, false, false)
		in, err := g.Transpose(context.Background(), 0)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				hits(b, g, influence.SpectralOptions{Transposed: in})
			}
			b.ReportMetric(float64(g.Arcs()), "arcs")
		})
	}
}
