package churn_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"kith/graph"
	"kith/graph/graphtest"
	"kith/influence/churn"
)

func spread(t testing.TB, g *graph.Graph, seeds []uint32, opt churn.SpreadOptions) *churn.Energy {
	t.Helper()
	e, err := churn.Spread(context.Background(), g, seeds, opt)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestSpreadByHand(t *testing.T) {
	// 0 calls 1 three times as much as 2; 1 calls 0; 2 calls nobody; 3 and 4
	// have nobody. From seed 0 with d = 1/2, (E0, E1, E2) goes
	// (1,0,0) → (1/2, 3/8, 1/8) → (1/4+3/16, 3/16+3/16, 1/8+1/16).
	g := build(t, 5, graph.Arc{From: 0, To: 1, Weight: 3}, graph.Arc{From: 0, To: 2, Weight: 1}, graph.Arc{From: 1, To: 0, Weight: 7})
	tests := []struct {
		name  string
		seeds []uint32
		opt   churn.SpreadOptions
		want  *churn.Energy
	}{
		{"one step", []uint32{0}, churn.SpreadOptions{Iterations: 1},
			&churn.Energy{Of: []float64{.5, .375, .125, 0, 0}, Iterations: 1, Change: .5, Seeds: []uint32{0}}},
		{"two steps", []uint32{0}, churn.SpreadOptions{Iterations: 2},
			&churn.Energy{Of: []float64{.4375, .375, .1875, 0, 0}, Iterations: 2, Change: .0625, Seeds: []uint32{0}}},
		{"stopped by accuracy", []uint32{0}, churn.SpreadOptions{Accuracy: .07},
			&churn.Energy{Of: []float64{.4375, .375, .1875, 0, 0}, Iterations: 2, Change: .0625, Seeds: []uint32{0}}},
		{"a change of just the accuracy goes on", []uint32{0}, churn.SpreadOptions{Accuracy: .0625, Iterations: 3},
			&churn.Energy{Of: []float64{.40625, .3515625, .2421875, 0, 0}, Iterations: 3, Change: .0546875, Seeds: []uint32{0}}},
		{"without out-ties all is kept", []uint32{2, 3}, churn.SpreadOptions{},
			&churn.Energy{Of: []float64{0, 0, 1, 1, 0}, Iterations: 1, Seeds: []uint32{2, 3}}},
		{"a seed counts once, and some are absent", []uint32{9, 3, 5, 3, 9}, churn.SpreadOptions{},
			&churn.Energy{Of: []float64{0, 0, 0, 1, 0}, Iterations: 1, Seeds: []uint32{3}, Absent: []uint32{5, 9}}},
		{"no seeds", nil, churn.SpreadOptions{},
			&churn.Energy{Of: []float64{0, 0, 0, 0, 0}, Iterations: 1}},
		{"all passed on", []uint32{0}, churn.SpreadOptions{Iterations: 1, Factor: 1},
			&churn.Energy{Of: []float64{0, .75, .25, 0, 0}, Iterations: 1, Change: 1, Seeds: []uint32{0}}},
		{"all ties alike", []uint32{0}, churn.SpreadOptions{Iterations: 1, Weighting: churn.Binary},
			&churn.Energy{Of: []float64{.5, .25, .25, 0, 0}, Iterations: 1, Change: .5, Seeds: []uint32{0}}},
		{"against calls", []uint32{2}, churn.SpreadOptions{Iterations: 1, Direction: churn.Against},
			&churn.Energy{Of: []float64{.5, 0, .5, 0, 0}, Iterations: 1, Change: .5, Seeds: []uint32{2}}},
		{"both ways", []uint32{0}, churn.SpreadOptions{Iterations: 1, Direction: churn.Both},
			&churn.Energy{Of: []float64{.5, 10. / 22, 1. / 22, 0, 0}, Iterations: 1, Change: .5, Seeds: []uint32{0}}},
		{"both ways, all ties alike", []uint32{0}, churn.SpreadOptions{Iterations: 1, Direction: churn.Both, Weighting: churn.Binary},
			&churn.Energy{Of: []float64{.5, .25, .25, 0, 0}, Iterations: 1, Change: .5, Seeds: []uint32{0}}},
		{"reciprocated ties", []uint32{0}, churn.SpreadOptions{Iterations: 1, Weighting: churn.Reciprocated},
			&churn.Energy{Of: []float64{.5, .5, 0, 0, 0}, Iterations: 1, Change: .5, Seeds: []uint32{0}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := spread(t, g, tt.seeds, tt.opt)
			if diff := cmp.Diff(tt.want, got, cmpopts.EquateApprox(0, 1e-15), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("energy (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSpreadOfNothing(t *testing.T) {
	got := spread(t, &graph.Graph{}, []uint32{1}, churn.SpreadOptions{})
	if diff := cmp.Diff(&churn.Energy{Absent: []uint32{1}}, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("energy (-want +got):\n%s", diff)
	}
}

func TestSpreadDefaultsAreIBMs(t *testing.T) {
	g := crowd(t, 500)
	seeds := everyNth(500, 100)
	want := spread(t, g, seeds, churn.SpreadOptions{Factor: .5, Iterations: 100, Accuracy: .01, Direction: churn.Along, Weighting: churn.ByWeight})
	if diff := cmp.Diff(want, spread(t, g, seeds, churn.SpreadOptions{})); diff != "" {
		t.Errorf("the zero value isn't d 0.5, 100 iterations, accuracy 0.01 (-want +got):\n%.400s", diff)
	}
	finer := spread(t, g, seeds, churn.SpreadOptions{Accuracy: .005})
	if cmp.Equal(want, finer) {
		t.Error("an accuracy of 0.005 gives what 0.01 gives, so the comparison says nothing")
	}
}

func TestSpreadLaws(t *testing.T) {
	near := cmp.Options{cmpopts.EquateApprox(0, 1e-12), cmpopts.EquateEmpty()}
	rapid.Check(t, func(rt *rapid.T) {
		g := anyGraph(rt)
		opt := anyOptions(rt)
		seeds := anySeeds(rt, g, "seeds")
		e := spread(t, g, seeds, opt)

		total := 0.0
		for v, x := range e.Of {
			if x < 0 {
				rt.Fatalf("vertex %d has energy %v", v, x)
			}
			total += x
		}
		if math.Abs(total-float64(len(seeds))) > 1e-9 {
			rt.Fatalf("energy adds up to %v, but there are %d seeds", total, len(seeds))
		}

		if g.Rows() > 0 {
			all := steps(step(g, opt), e.Iterations)
			want := make([]float64, g.Rows())
			for v := range want {
				for _, s := range seeds {
					want[v] += all.At(v, int(s))
				}
			}
			if diff := cmp.Diff(want, e.Of, near); diff != "" {
				rt.Fatalf("not what the matrix of %d steps gives:\n%s", e.Iterations, diff)
			}
		}

		backwards := make([]uint32, len(seeds))
		for i, s := range seeds {
			backwards[len(seeds)-1-i] = s
		}
		if diff := cmp.Diff(e, spread(t, g, backwards, opt)); diff != "" {
			rt.Fatalf("the order of seeds counts:\n%s", diff)
		}

		to := make([]uint32, g.Rows())
		for v := range to {
			to[v] = uint32(v)
		}
		to = rapid.Permutation(to).Draw(rt, "numbers")
		moved := make([]uint32, len(seeds))
		for i, s := range seeds {
			moved[i] = to[s]
		}
		fixed := opt
		fixed.Iterations, fixed.Accuracy = e.Iterations, .001
		again := spread(t, graphtest.Relabel(g, to), moved, fixed)
		if again.Iterations == e.Iterations {
			for v, x := range e.Of {
				if math.Abs(x-again.Of[to[v]]) > 1e-12 {
					rt.Fatalf("relabelling changes the energy of %d from %v to %v", v, x, again.Of[to[v]])
				}
			}
		}
	})
}

func TestSpreadIsLinear(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := anyGraph(rt)
		opt := anyOptions(rt)
		opt.Iterations, opt.Accuracy = rapid.IntRange(1, 3).Draw(rt, "steps"), .001
		seeds := anySeeds(rt, g, "seeds")
		whole := spread(t, g, seeds, opt)
		sum := make([]float64, g.Rows())
		for _, s := range seeds {
			one := spread(t, g, []uint32{s}, opt)
			if one.Iterations != whole.Iterations {
				return // one of the two settled earlier, so they don't compare
			}
			for v, x := range one.Of {
				sum[v] += x
			}
		}
		if len(seeds) > 0 {
			if diff := cmp.Diff(whole.Of, sum, cmpopts.EquateApprox(0, 1e-12), cmpopts.EquateEmpty()); diff != "" {
				rt.Fatalf("the whole isn't the sum of its parts:\n%s", diff)
			}
		}
	})
}

func TestSpreadScaleOfWeightsDoesNotCount(t *testing.T) {
	g := crowd(t, 300)
	scaled := *g
	scaled.Weights = make([]float32, len(g.Weights))
	for i, w := range g.Weights {
		scaled.Weights[i] = 4 * w
	}
	want, got := spread(t, g, []uint32{1, 2, 3}, churn.SpreadOptions{}), spread(t, &scaled, []uint32{1, 2, 3}, churn.SpreadOptions{})
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, 1e-14)); diff != "" {
		t.Errorf("energy (-want +got):\n%s", diff)
	}
}

func TestSpreadSameBitsForAnyThreads(t *testing.T) {
	g := crowd(t, 8000)
	seeds := everyNth(8000, 17)
	for _, opt := range []churn.SpreadOptions{{}, {Direction: churn.Both, Weighting: churn.Binary}, {Weighting: churn.Reciprocated}} {
		opt.Threads = 1
		want := spread(t, g, seeds, opt)
		for _, opt.Threads = range threadCounts {
			same(t, opt.Threads, want, spread(t, g, seeds, opt))
		}
	}
}

func TestSpreadRefuses(t *testing.T) {
	g := build(t, 2, graph.Arc{From: 0, To: 1})
	tests := []struct {
		name string
		g    *graph.Graph
		opt  churn.SpreadOptions
		want string
	}{
		{"factor above 1", g, churn.SpreadOptions{Factor: 1.5}, "factor is 1.5"},
		{"factor not a number", g, churn.SpreadOptions{Factor: math.NaN()}, "factor is NaN"},
		{"accuracy below the floor", g, churn.SpreadOptions{Accuracy: .0005}, "accuracy is 0.0005; it must be at least 0.001"},
		{"negative iterations", g, churn.SpreadOptions{Iterations: -1}, "-1 iterations"},
		{"direction", g, churn.SpreadOptions{Direction: 9}, "no direction 9"},
		{"weighting", g, churn.SpreadOptions{Weighting: 9}, "no weighting 9"},
		{"rectangular", &graph.Graph{Offsets: []uint64{0, 1}, Targets: []uint32{1}, Cols: 2}, churn.SpreadOptions{}, "1 rows and 2 columns"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := churn.Spread(context.Background(), tt.g, nil, tt.opt)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error is %v, want one that says %q", err, tt.want)
			}
		})
	}
	d, err := churn.NewDiffusion(context.Background(), g, churn.SpreadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := d.Spread(ctx, []uint32{0}); err == nil {
		t.Error("no error although the context has ended")
	}
}

func BenchmarkSpread(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		d, err := churn.NewDiffusion(context.Background(), crowd(b, n), churn.SpreadOptions{})
		if err != nil {
			b.Fatal(err)
		}
		seeds := everyNth(n, 20)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			steps := 0
			for b.Loop() {
				e, err := d.Spread(context.Background(), seeds)
				if err != nil {
					b.Fatal(err)
				}
				steps = e.Iterations
			}
			b.ReportMetric(float64(steps), "steps")
		})
	}
}
