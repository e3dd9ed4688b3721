package churn_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kith/graph"
	"kith/influence/churn"
)

func spreadAll(t interface{ Fatal(...any) }, g *graph.Graph, sets [][]uint32, opt churn.SpreadOptions) []churn.Energy {
	d, err := churn.NewDiffusion(context.Background(), g, opt)
	if err != nil {
		t.Fatal(err)
	}
	var all []churn.Energy
	err = d.SpreadAll(context.Background(), sets, func(set int, e *churn.Energy) error {
		if set != len(all) {
			t.Fatal("set", set, "is called as number", len(all))
		}
		c := *e
		c.Of = slices.Clone(e.Of)
		all = append(all, c)
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

// Every set gets what Spread alone gives, whatever sets stand beside it.
func TestSpreadAllIsSpread(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := anyGraph(rt)
		opt := anyOptions(rt)
		sets := make([][]uint32, rapid.IntRange(0, 19).Draw(rt, "sets"))
		for i := range sets {
			sets[i] = anySeeds(rt, g, fmt.Sprint("seeds ", i))
		}
		got := spreadAll(rt, g, sets, opt)
		for i, seeds := range sets {
			want := spread(t, g, seeds, opt)
			if !slices.Equal(got[i].Seeds, want.Seeds) || !slices.Equal(got[i].Absent, want.Absent) {
				rt.Fatalf("set %d has the seeds %v and %v, alone %v and %v", i, got[i].Seeds, got[i].Absent, want.Seeds, want.Absent)
			}
			if got[i].Iterations != want.Iterations {
				if math.Abs(want.Change-max(opt.Accuracy, .001)) < 1e-9 || math.Abs(got[i].Change-max(opt.Accuracy, .001)) < 1e-9 {
					continue // a change that is just the accuracy, but for rounding
				}
				rt.Fatalf("set %d took %d steps, alone %d", i, got[i].Iterations, want.Iterations)
			}
			sum := 0.
			for v, x := range want.Of {
				if math.Abs(got[i].Of[v]-x) > 1e-12*float64(len(seeds)+1) {
					rt.Fatalf("set %d: vertex %d has %v, alone %v", i, v, got[i].Of[v], x)
				}
				sum += got[i].Of[v]
			}
			if math.Abs(sum-float64(len(want.Seeds))) > 1e-9 {
				rt.Fatalf("set %d of %d seeds has the energy %v", i, len(want.Seeds), sum)
			}
		}
		if k := len(sets) - 1; k > 0 {
			if diff := cmp.Diff(got[k], spreadAll(rt, g, sets[k:], opt)[0]); diff != "" {
				rt.Fatalf("the last set alone (-want +got):\n%s", diff)
			}
		}
	})
}

func TestSpreadAllSameBitsForAnyThreads(t *testing.T) {
	g := crowd(t, 8000)
	var sets [][]uint32
	for k := range 9 {
		sets = append(sets, everyNth(8000, 5+13*k))
	}
	want := spreadAll(t, g, sets, churn.SpreadOptions{Iterations: 3, Threads: 1})
	for _, threads := range []int{2, 3, 8, 16} {
		same(t, threads, want, spreadAll(t, g, sets, churn.SpreadOptions{Iterations: 3, Threads: threads}))
	}
}

func TestSpreadAllStops(t *testing.T) {
	g := crowd(t, 100)
	d, err := churn.NewDiffusion(context.Background(), g, churn.SpreadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	stop := errors.New("enough")
	if err := d.SpreadAll(context.Background(), make([][]uint32, 3), func(int, *churn.Energy) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("the caller's error becomes %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := d.SpreadAll(ctx, [][]uint32{{1}}, func(int, *churn.Energy) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("with its context ended: %v", err)
	}
}

func BenchmarkSpreadAll(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		g := crowd(b, n)
		var sets [][]uint32
		for k := range 8 {
			sets = append(sets, everyNth(n, 50+k))
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				spreadAll(b, g, sets, churn.SpreadOptions{})
			}
		})
	}
}
