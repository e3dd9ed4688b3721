package influence_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"kith/graph"
	"kith/graph/graphtest"
	"kith/influence"
)

func heat(t testing.TB, g *graph.Graph, from influence.Starts, opt influence.HeatOptions) influence.Warmth {
	t.Helper()
	w, err := influence.Heat(context.Background(), g, from, opt)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func heats(t interface{ Fatal(...any) }, g *graph.Graph, sets []influence.Starts, opt influence.HeatOptions) []influence.Warmth {
	var all []influence.Warmth
	err := influence.Heats(context.Background(), g, sets, opt, func(set int, w influence.Warmth) error {
		if set != len(all) {
			t.Fatal("set", set, "is called as number", len(all))
		}
		w.Score = slices.Clone(w.Score)
		all = append(all, w)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != len(sets) {
		t.Fatal(len(sets), "sets were given and", len(all), "called")
	}
	return all
}

// By hand. On one tie heat swings to and fro: e^{-t}·(cosh t, sinh t). Along an arc to
// a vertex that keeps all, e^{-t} stays behind. Around a ring of four, t = 1, by the
// eigenvalues 1, 0, 0, -1: (1 + 2·e^{-1} + e^{-2})/4, (1 - e^{-2})/4, (1 - 2·e^{-1} + e^{-2})/4.
func TestHeatByHand(t *testing.T) {
	e := math.Exp(-1)
	for name, c := range map[string]struct {
		g    *graph.Graph
		from influence.Starts
		time float64
		want []float64
	}{
		"a tie":    {build(t, 2, true, []graph.Arc{{From: 0, To: 1}}), influence.Starts{At: []uint32{0}}, 2, []float64{math.Exp(-2) * math.Cosh(2), math.Exp(-2) * math.Sinh(2)}},
		"an arc":   {build(t, 2, false, []graph.Arc{{From: 0, To: 1}}), influence.Starts{At: []uint32{0}}, 3, []float64{math.Exp(-3), 1 - math.Exp(-3)}},
		"a ring":   {build(t, 4, true, []graph.Arc{{From: 0, To: 1}, {From: 1, To: 2}, {From: 2, To: 3}, {From: 3, To: 0}}), influence.Starts{At: []uint32{0}}, 1, []float64{(1 + 2*e + e*e) / 4, (1 - e*e) / 4, (1 - 2*e + e*e) / 4, (1 - e*e) / 4}},
		"isolated": {build(t, 3, true, []graph.Arc{{From: 0, To: 1}}), influence.Starts{At: []uint32{2}}, 1, []float64{0, 0, 1}},
		"all":      {build(t, 3, true, []graph.Arc{{From: 0, To: 1}}), influence.Starts{}, 4, []float64{1. / 3, 1. / 3, 1. / 3}},
		"weights":  {build(t, 3, false, []graph.Arc{{From: 0, To: 1, Weight: 3}, {From: 0, To: 2, Weight: 1}}), influence.Starts{At: []uint32{0, 1}, Weights: []float64{3, 1}}, 1, []float64{.75 * e, .25 + .75*.75*(1-e), .75 * .25 * (1 - e)}},
		"empty":    {&graph.Graph{}, influence.Starts{}, 1, nil},
	} {
		t.Run(name, func(t *testing.T) {
			opt := influence.HeatOptions{Time: c.time, Tolerance: 1e-12}
			for _, w := range []influence.Warmth{heat(t, c.g, c.from, opt), heats(t, c.g, []influence.Starts{c.from}, opt)[0]} {
				if len(w.Score) != len(c.want) {
					t.Fatalf("heat is %v, want %v", w.Score, c.want)
				}
				for v, x := range c.want {
					if math.Abs(w.Score[v]-x) > 1e-11 {
						t.Errorf("heat is %v, want %v", w.Score, c.want)
					}
				}
			}
		})
	}
}

// gonum's exponential of -t(I-P) is the oracle.
func TestHeatAgreesWithGonum(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := anyGraph(rt, true)
		n := g.Rows()
		sets := anySets(rt, n)
		opt := influence.HeatOptions{
			Time:      rapid.SampledFrom([]float64{0, .1, 1, 20}).Draw(rt, "time"),
			Tolerance: rapid.SampledFrom([]float64{0, 1e-3, 1e-12}).Draw(rt, "tolerance"),
			Threads:   rapid.IntRange(1, 3).Draw(rt, "threads"),
		}
		time, tolerance := opt.Time, opt.Tolerance
		if time == 0 {
			time = 5
		}
		if tolerance == 0 {
			tolerance = 1e-6
		}
		all := heats(rt, g, sets, opt)
		if n == 0 {
			return
		}
		p := dense(g)
		for u := range n {
			sum := mat.Sum(p.RowView(u))
			for v := range n {
				x := p.At(u, v)
				switch {
				case sum == 0 && u == v:
					x = 1
				case sum > 0:
					x /= sum
				}
				if u == v {
					x--
				}
				p.Set(u, v, time*x)
			}
		}
		var e mat.Dense
		e.Exp(p)
		for i, s := range sets {
			start, total := make([]float64, n), 0.
			for k, v := range s.At {
				w := 1.
				if s.Weights != nil {
					w = s.Weights[k]
				}
				start[v] += w
				total += w
			}
			if len(s.At) == 0 {
				for v := range start {
					start[v] = 1
				}
				total = float64(n)
			}
			alone := heat(t, g, s, opt)
			sum := 0.
			for v := range n {
				want := 0.
				for u, x := range start {
					want += x / total * e.At(u, v)
				}
				got := all[i].Score[v]
				if got > want+1e-9 || got < want-tolerance-1e-9 || math.Abs(got-alone.Score[v]) > 1e-12 {
					rt.Fatalf("set %d: vertex %d has %v and alone %v, gonum %v", i, v, got, alone.Score[v], want)
				}
				sum += got
			}
			if math.Abs(1-sum-all[i].Lacking) > 1e-9 || all[i].Lacking > tolerance || alone.Lacking != all[i].Lacking || alone.Iterations != all[i].Iterations {
				rt.Fatalf("set %d adds up to %v, %v are lacking", i, sum, all[i].Lacking)
			}
		}
	})
}

func TestHeatSameBitsForAnyThreads(t *testing.T) {
	for _, weighted := range []bool{false, true} {
		g := crowd(t, 8000, 60_000, weighted, weighted)
		sets := someSets(g.Rows(), 9)
		wants, want := heats(t, g, sets, influence.HeatOptions{Time: .1, Tolerance: 1e-4, Threads: 1}), heat(t, g, sets[3], influence.HeatOptions{Time: .1, Tolerance: 1e-4, Threads: 1})
		for _, threads := range threadCounts {
			same(t, threads, wants, heats(t, g, sets, influence.HeatOptions{Time: .1, Tolerance: 1e-4, Threads: threads}))
			same(t, threads, want, heat(t, g, sets[3], influence.HeatOptions{Time: .1, Tolerance: 1e-4, Threads: threads}))
		}
		same(t, 1, wants[8], heats(t, g, sets[8:], influence.HeatOptions{Time: .1, Tolerance: 1e-4, Threads: 1})[0])
	}
}

func TestHeatLaws(t *testing.T) {
	g := crowd(t, 100, 600, false, true)
	opt := influence.HeatOptions{Tolerance: 1e-12}
	from := influence.Starts{At: []uint32{3, 50}}
	want := heat(t, g, from, opt)
	rapid.Check(t, func(rt *rapid.T) {
		to := shuffled(rt, g.Rows())
		moved := heat(t, graphtest.Relabel(g, to), influence.Starts{At: []uint32{to[3], to[50]}}, opt)
		for v, x := range want.Score {
			if math.Abs(moved.Score[to[v]]-x) > 1e-12 {
				rt.Fatalf("vertex %d has other heat under another name", v)
			}
		}
	})
	scaled := arcsOf(g)
	for i := range scaled {
		scaled[i].Weight *= 8
	}
	same(t, 0, want, heat(t, build(t, g.Cols, false, scaled), from, opt))
	// Linear in the starts; and two flows of half the time are one of the whole.
	a, b := heat(t, g, influence.Starts{At: []uint32{3}}, opt), heat(t, g, influence.Starts{At: []uint32{50}}, opt)
	half := heat(t, g, from, influence.HeatOptions{Time: 2.5, Tolerance: 1e-12})
	var all []uint32
	for v := range uint32(g.Rows()) {
		all = append(all, v)
	}
	again := heat(t, g, influence.Starts{At: all, Weights: half.Score}, influence.HeatOptions{Time: 2.5, Tolerance: 1e-12})
	for v, x := range want.Score {
		if math.Abs((a.Score[v]+b.Score[v])/2-x) > 1e-12 || math.Abs(again.Score[v]-x) > 1e-11 {
			t.Fatalf("vertex %d has %v, as the sum of two %v, in two parts %v", v, x, (a.Score[v]+b.Score[v])/2, again.Score[v])
		}
	}
}

func TestHeatRefuses(t *testing.T) {
	g := crowd(t, 50, 200, false, false)
	for _, opt := range []influence.HeatOptions{{Time: -1}, {Time: 501}, {Time: math.NaN()}, {Tolerance: -1}, {Tolerance: 1e-20}, {Tolerance: math.NaN()}} {
		if _, err := influence.Heat(context.Background(), g, influence.Starts{}, opt); err == nil || !strings.HasPrefix(err.Error(), "heat: ") {
			t.Errorf("%+v: %v", opt, err)
		}
	}
	nothing := func(int, influence.Warmth) error { return nil }
	stranger := influence.Starts{At: []uint32{50}}
	if _, err := influence.Heat(context.Background(), g, stranger, influence.HeatOptions{}); err == nil {
		t.Error("a vertex that isn't there is taken")
	}
	if err := influence.Heats(context.Background(), g, []influence.Starts{stranger}, influence.HeatOptions{}, nothing); err == nil {
		t.Error("a vertex that isn't there is taken")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := influence.Heat(ctx, g, influence.Starts{}, influence.HeatOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("with its context ended: %v", err)
	}
	if err := influence.Heats(ctx, g, make([]influence.Starts, 1), influence.HeatOptions{}, nothing); !errors.Is(err, context.Canceled) {
		t.Errorf("with its context ended: %v", err)
	}
	stop := errors.New("enough")
	if err := influence.Heats(context.Background(), g, make([]influence.Starts, 9), influence.HeatOptions{}, func(set int, _ influence.Warmth) error {
		if set == 8 {
			return stop
		}
		return nil
	}); !errors.Is(err, stop) {
		t.Errorf("the caller's error becomes %v", err)
	}
}

func BenchmarkHeats(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		g := crowd(b, n, 20*n, true, false)
		sets := someSets(n, 8)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				heats(b, g, sets, influence.HeatOptions{})
			}
		})
		b.Run(fmt.Sprintf("%d/one by one", n), func(b *testing.B) {
			for b.Loop() {
				for _, s := range sets {
					heat(b, g, s, influence.HeatOptions{})
				}
			}
		})
	}
}
