package churn_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"kith/graph"
	"kith/influence/churn"
)

func risks(t testing.TB, g *graph.Graph, departures []uint32, opt churn.RiskOptions) *churn.Risks {
	t.Helper()
	r, err := churn.Risk(context.Background(), g, departures, opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// checkReceipts is the law of receipts: for every vertex the lines add up to
// the risk to the bit, from either end.
func checkReceipts(t interface{ Fatalf(string, ...any) }, r *churn.Risks) {
	for v, risk := range r.Risk {
		lines := append([]float64{r.Own[v]}, r.Parts[r.Offsets[v]:r.Offsets[v+1]]...)
		lines = append(lines, r.Rest[v])
		forth, back := 0.0, 0.0
		for i, x := range lines {
			if !(x >= 0) {
				t.Fatalf("vertex %d has a line of %v", v, x)
			}
			forth += x
			back += lines[len(lines)-1-i]
		}
		if forth != risk || back != risk {
			t.Fatalf("the lines of %d add up to %v, and %v backwards; its risk is %v", v, forth, back, risk)
		}
		if !(risk >= 0 && risk < 1) {
			t.Fatalf("vertex %d has risk %v", v, risk)
		}
		if r.Gone[v] && risk != 0 {
			t.Fatalf("vertex %d is gone and has risk %v", v, risk)
		}
	}
}

func TestRiskByHand(t *testing.T) {
	// A path 0 - 1 - 2, of which 0 departs. With all ties alike, one step and
	// d = 1/2, 1 gets 1/2 and 2 nothing. All three are one bin, so each departs
	// by chance 1/3: by chance 1 gets 1/2·1/3 from either end, 1/3 in all, and
	// 2 gets 1/4·1/3 from 1. κ is the mean of 1/2 and 0.
	g := build(t, 3, graph.Arc{From: 0, To: 1}, graph.Arc{From: 1, To: 2})
	r := risks(t, g, []uint32{0}, churn.RiskOptions{
		Base:   .2,
		Spread: &churn.SpreadOptions{Iterations: 1, Direction: churn.Both, Weighting: churn.Binary},
	})
	one, two := (.5+.25)/(1./3+.25), .25/(1./12+.25)
	if math.Abs(r.Prior-.25) > 1e-15 {
		t.Errorf("the prior is %v, want 1/4", r.Prior)
	}
	if diff := cmp.Diff([]float64{1. / 12, 1. / 3, 1. / 12}, r.Chance, cmpopts.EquateApprox(0, 1e-15)); diff != "" {
		t.Errorf("chance (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]bool{true, false, false}, r.Gone); diff != "" {
		t.Errorf("gone (-want +got):\n%s", diff)
	}
	odds := func(v int) float64 { return r.Risk[v] / (1 - r.Risk[v]) }
	if math.Abs(odds(1)/odds(2)-one/two) > 1e-7 {
		t.Errorf("the odds of 1 and 2 are as %v to 1, want %v", odds(1)/odds(2), one/two)
	}
	if math.Abs(r.Risk[1]+r.Risk[2]-.4) > 1e-9 {
		t.Errorf("risks of %v and %v aren't 0.2 in the mean", r.Risk[1], r.Risk[2])
	}
	// Of 1's risk, 0 has 1/2 of 3/4 parts; 2 has its own only.
	if diff := cmp.Diff([]uint32{0}, r.Seeds); diff != "" {
		t.Errorf("seeds (-want +got):\n%s", diff)
	}
	if math.Abs(r.Parts[0]-r.Risk[1]*2/3) > 1e-9 || math.Abs(r.Own[1]-r.Risk[1]/3) > 1e-9 || r.Own[2] != r.Risk[2] {
		t.Errorf("parts %v, own %v of risks %v", r.Parts, r.Own, r.Risk)
	}
	checkReceipts(t, r)
}

func TestRiskWithoutAnything(t *testing.T) {
	g := build(t, 4, graph.Arc{From: 0, To: 1})
	tests := []struct {
		name       string
		g          *graph.Graph
		departures []uint32
		opt        churn.RiskOptions
		want, own  []float64
	}{
		{"an empty graph", &graph.Graph{}, []uint32{3}, churn.RiskOptions{Base: .5}, nil, nil},
		{"nobody left", g, nil, churn.RiskOptions{Base: .25}, []float64{.25, .25, .25, .25}, []float64{.25, .25, .25, .25}},
		{"nobody left, and no base rate", g, nil, churn.RiskOptions{}, []float64{0, 0, 0, 0}, []float64{0, 0, 0, 0}},
		{"who left knows nobody", g, []uint32{3}, churn.RiskOptions{}, []float64{.25, .25, .25, 0}, []float64{.25, .25, .25, 0}},
		{"who left long ago isn't scored", g, nil, churn.RiskOptions{Base: .25, Gone: []uint32{1, 7}}, []float64{.25, 0, .25, .25}, []float64{.25, 0, .25, .25}},
		{"all left", g, []uint32{0, 1, 2, 3}, churn.RiskOptions{Base: .25}, []float64{0, 0, 0, 0}, []float64{0, 0, 0, 0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := risks(t, tt.g, tt.departures, tt.opt)
			near := cmp.Options{cmpopts.EquateApprox(0, 1e-9), cmpopts.EquateEmpty()}
			if diff := cmp.Diff(tt.want, r.Risk, near); diff != "" {
				t.Errorf("risks (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.own, r.Own, near); diff != "" {
				t.Errorf("own parts (-want +got):\n%s", diff)
			}
			checkReceipts(t, r)
		})
	}
}

func TestRiskLaws(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := anyGraph(rt)
		departures, gone := anySeeds(rt, g, "departures"), anySeeds(rt, g, "gone")
		opt := churn.RiskOptions{
			Base: rapid.SampledFrom([]float64{.02, .3, .9}).Draw(rt, "base"),
			Gone: gone,
			Top:  rapid.IntRange(0, 3).Draw(rt, "top"),
		}
		if rapid.Bool().Draw(rt, "own spread") {
			s := anyOptions(rt)
			opt.Spread = &s
		}
		r := risks(t, g, departures, opt)
		checkReceipts(rt, r)
		mean, scored := 0.0, 0.0
		for v, risk := range r.Risk {
			if r.Gone[v] {
				continue
			}
			mean += risk
			scored++
			// Shares of a receipt are those of energy.
			if r.Prior > 0 {
				if want := risk * r.Prior / (r.Energy.Of[v] + r.Prior); math.Abs(want-r.Own[v]) > 1e-9 {
					rt.Fatalf("the own part of %d is %v, want %v", v, r.Own[v], want)
				}
			}
		}
		if scored > 0 && math.Abs(mean/scored-opt.Base) > 1e-8 {
			rt.Fatalf("the mean risk is %v, want %v", mean/scored, opt.Base)
		}
	})
}

func TestRiskSameBitsForAnyThreads(t *testing.T) {
	g := crowd(t, 5000)
	var want *churn.Risks
	for _, threads := range threadCounts {
		got := risks(t, g, everyNth(5000, 13), churn.RiskOptions{
			Spread: &churn.SpreadOptions{Iterations: 2, Direction: churn.Both, Threads: threads},
		})
		if want == nil {
			want = got
		}
		same(t, threads, want, got)
	}
	checkReceipts(t, want)
}

// outbreak plants departures in calls: some leave by themselves, the more so
// the fewer ties they have when shy is above 0, and later others leave the more
// readily the larger the share of their ties, by weight, that has left.
func outbreak(g *graph.Graph, seed uint64, shy, contagion float64) (first, second []uint32) {
	both, err := g.Symmetric(context.Background(), graph.MergeSum, 1)
	if err != nil {
		panic(err)
	}
	r := rand.New(rand.NewPCG(seed, 7))
	chance := func(x float64) bool { return r.Float64() < 1/(1+math.Exp(-x)) }
	own := func(v uint32) float64 { return -3 - shy*(float64(both.Degree(v))-10) }
	left := make([]bool, g.Rows())
	for v := range uint32(g.Rows()) {
		if chance(own(v)) {
			left[v] = true
			first = append(first, v)
		}
	}
	for v := range uint32(g.Rows()) {
		if left[v] {
			continue
		}
		gone, all := 0.0, 1e-9
		for i, u := range both.Neighbours(v) {
			all += float64(both.WeightsOf(v)[i])
			if left[u] {
				gone += float64(both.WeightsOf(v)[i])
			}
		}
		if chance(own(v) + contagion*gone/all) {
			second = append(second, v)
		}
	}
	return first, second
}

func TestRiskFindsPlantedContagion(t *testing.T) {
	g := crowd(t, 10_000)
	for _, tt := range []struct {
		name           string
		shy, contagion float64
		low, high      float64 // bounds of the AUC
	}{
		// By chance the AUC is 1/2 with a standard deviation of about .014.
		{"none", 0, 0, .45, .55},
		{"none, and the shy leave", .2, 0, .45, .55},
		{"along ties", 0, 9, .62, 1},
		{"along ties, and the shy leave", .2, 9, .57, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			first, second := outbreak(g, 1, tt.shy, tt.contagion)
			r := risks(t, g, first, churn.RiskOptions{})
			checkReceipts(t, r)
			later := make([]bool, g.Rows())
			for _, v := range second {
				later[v] = true
			}
			var score []float64
			var left []bool
			for v, risk := range r.Risk {
				if !r.Gone[v] {
					score, left = append(score, risk), append(left, later[v])
				}
			}
			e, err := churn.Evaluate(score, left, churn.EvaluateOptions{Resamples: 1})
			if err != nil {
				t.Fatal(err)
			}
			if e.AUC.Value < tt.low || e.AUC.Value > tt.high {
				t.Errorf("the AUC is %v, want one in %v..%v", e.AUC.Value, tt.low, tt.high)
			}
		})
	}
}

func TestRiskRefuses(t *testing.T) {
	g := build(t, 2, graph.Arc{From: 0, To: 1})
	for want, opt := range map[string]churn.RiskOptions{
		"base rate is 1":   {Base: 1},
		"base rate is NaN": {Base: math.NaN()},
		"-1 parts":         {Top: -1},
		"factor is 7":      {Spread: &churn.SpreadOptions{Factor: 7}},
	} {
		if _, err := churn.Risk(context.Background(), g, nil, opt); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want one that says %q", err, want)
		}
	}
}

func BenchmarkRisk(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		g := crowd(b, n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				risks(b, g, everyNth(n, 20), churn.RiskOptions{})
			}
		})
	}
}
