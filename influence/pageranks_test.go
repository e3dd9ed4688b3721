package influence_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"kith/graph"
	"kith/graph/graphtest"
	"kith/influence"
)

// pageRanks collects the ranks of all sets and checks the order of the calls.
func pageRanks(t interface{ Fatal(...any) }, g *graph.Graph, sets []influence.Starts, opt influence.PageRankOptions) []influence.Ranks {
	var all []influence.Ranks
	err := influence.PageRanks(context.Background(), g, sets, opt, func(set int, r influence.Ranks) error {
		if set != len(all) {
			t.Fatal("set", set, "is called as number", len(all))
		}
		r.Score = slices.Clone(r.Score)
		all = append(all, r)
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

// anySets draws starts for up to 19 sets; some are empty, some have repetitions.
func anySets(t *rapid.T, n int) []influence.Starts {
	if n == 0 {
		return make([]influence.Starts, rapid.IntRange(0, 10).Draw(t, "sets"))
	}
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) influence.Starts {
		s := influence.Starts{At: rapid.SliceOfN(rapid.Uint32Range(0, uint32(n)-1), 0, 4).Draw(t, "starts")}
		if len(s.At) > 0 && rapid.Bool().Draw(t, "weighted") {
			for i := range s.At {
				s.Weights = append(s.Weights, float64(i%2)+.5)
			}
		}
		return s
	}), 0, 19).Draw(t, "sets")
}

// Every set gets what PageRank alone gives, whatever sets stand beside it.
func TestPageRanksAreThoseOfPageRank(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := anyGraph(rt, true)
		sets := anySets(rt, g.Rows())
		opt := influence.PageRankOptions{Tolerance: 1e-12, MaxIterations: 500, Threads: 2}
		got := pageRanks(rt, g, sets, opt)
		alone := opt
		for i, s := range sets {
			alone.Personal, alone.PersonalWeights = s.At, s.Weights
			want := pageRank(t, g, alone)
			for v, x := range want.Score {
				if math.Abs(got[i].Score[v]-x) > 1e-10 {
					rt.Fatalf("set %d: vertex %d of %v has %v, alone %v", i, v, arcsOf(g), got[i].Score[v], x)
				}
			}
			if d := got[i].Iterations - want.Iterations; d < -1 || d > 1 {
				rt.Fatalf("set %d: %d sweeps, alone %d", i, got[i].Iterations, want.Iterations)
			}
		}
		// The last alone, or all from back to front: the same bits.
		if k := len(sets) - 1; k > 0 {
			same(t, 1, got[k], pageRanks(rt, g, sets[k:], opt)[0])
			back := slices.Clone(sets)
			slices.Reverse(back)
			turned := pageRanks(rt, g, back, opt)
			slices.Reverse(turned)
			same(t, 2, got, turned)
		}
	})
}

// An independent look: one more step from the ranks changes less than the tolerance.
func TestPageRanksAreSettled(t *testing.T) {
	g := crowd(t, 900, 7000, false, true)
	sets := someSets(g.Rows(), 11)
	for i, r := range pageRanks(t, g, sets, influence.PageRankOptions{Tolerance: 1e-8}) {
		start := make([]float64, g.Rows())
		for _, v := range sets[i].At {
			start[v] += 1 / float64(len(sets[i].At))
		}
		sum, off := 0., 0.
		for v, x := range pushed(g, r.Score, start, .85) {
			sum += r.Score[v]
			off += math.Abs(x - r.Score[v])
		}
		if math.Abs(sum-1) > 1e-12 || off > 1e-8 || r.Residual > 1e-8 {
			t.Errorf("set %d adds up to %v and is off by %v with residual %v", i, sum, off, r.Residual)
		}
	}
}

// someSets draws so many sets of one to five starts, the same on every run.
func someSets(n, many int) []influence.Starts {
	r := rand.New(rand.NewPCG(uint64(n), uint64(many)))
	sets := make([]influence.Starts, many)
	for i := range sets {
		for range 1 + i%5 {
			sets[i].At = append(sets[i].At, r.Uint32N(uint32(n)))
		}
	}
	return sets
}

func TestPageRanksSameBitsForAnyThreads(t *testing.T) {
	for _, weighted := range []bool{false, true} {
		g := crowd(t, 8000, 60_000, weighted, weighted)
		sets := someSets(g.Rows(), 9)
		want := pageRanks(t, g, sets, influence.PageRankOptions{Threads: 1, MaxIterations: 3})
		for _, threads := range threadCounts {
			same(t, threads, want, pageRanks(t, g, sets, influence.PageRankOptions{Threads: threads, MaxIterations: 3}))
		}
	}
}

func TestPageRanksLaws(t *testing.T) {
	g := crowd(t, 100, 600, false, true)
	sets := someSets(100, 9)
	opt := influence.PageRankOptions{Tolerance: 1e-12, MaxIterations: 500}
	want := pageRanks(t, g, sets, opt)
	rapid.Check(t, func(rt *rapid.T) {
		to := shuffled(rt, g.Rows())
		moved := make([]influence.Starts, len(sets))
		for i, s := range sets {
			for _, v := range s.At {
				moved[i].At = append(moved[i].At, to[v])
			}
		}
		for i, r := range pageRanks(rt, graphtest.Relabel(g, to), moved, opt) {
			for v, x := range want[i].Score {
				if math.Abs(r.Score[to[v]]-x) > 1e-10 {
					rt.Fatalf("set %d: vertex %d has %v under another name, not %v", i, v, r.Score[to[v]], x)
				}
			}
		}
	})
	scaled := arcsOf(g)
	for i := range scaled {
		scaled[i].Weight *= 8
	}
	same(t, 0, want, pageRanks(t, build(t, g.Cols, false, scaled), sets, opt))
}

func TestPageRanksRefuse(t *testing.T) {
	g := crowd(t, 50, 200, false, false)
	ok := []influence.Starts{{At: []uint32{1}}}
	stop := errors.New("enough")
	for name, c := range map[string]struct {
		sets []influence.Starts
		opt  influence.PageRankOptions
	}{
		"personal":   {ok, influence.PageRankOptions{Personal: []uint32{1}}},
		"damping":    {ok, influence.PageRankOptions{Damping: 2}},
		"stranger":   {[]influence.Starts{{At: []uint32{50}}}, influence.PageRankOptions{}},
		"weights":    {[]influence.Starts{{At: []uint32{1}, Weights: []float64{-1}}}, influence.PageRankOptions{}},
		"no weights": {[]influence.Starts{{Weights: []float64{1}}}, influence.PageRankOptions{}},
	} {
		if err := influence.PageRanks(context.Background(), g, c.sets, c.opt, func(int, influence.Ranks) error { return nil }); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if err := influence.PageRanks(context.Background(), g, ok, influence.PageRankOptions{}, func(int, influence.Ranks) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("the caller's error becomes %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := influence.PageRanks(ctx, g, ok, influence.PageRankOptions{}, func(int, influence.Ranks) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("with its context ended: %v", err)
	}
}

func BenchmarkPageRanks(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		g := crowd(b, n, 20*n, true, false)
		sets := someSets(n, 8)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				if err := influence.PageRanks(context.Background(), g, sets, influence.PageRankOptions{}, func(int, influence.Ranks) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("%d/one by one", n), func(b *testing.B) {
			for b.Loop() {
				for _, s := range sets {
					pageRank(b, g, influence.PageRankOptions{Personal: s.At})
				}
			}
		})
	}
}
