package churn_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"kith/graph"
	"kith/influence/churn"
)

func diffusion(t testing.TB, g *graph.Graph, opt churn.SpreadOptions) *churn.Diffusion {
	t.Helper()
	d, err := churn.NewDiffusion(context.Background(), g, opt)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestReceiptByHand(t *testing.T) {
	// 0 and 1 call 2, and 1 calls 3 as well; 2 calls nobody. After two steps
	// 0 has sent 1/2 + 1/4 to 2, and 1 half of that.
	g := build(t, 4, graph.Arc{From: 0, To: 2}, graph.Arc{From: 1, To: 2}, graph.Arc{From: 1, To: 3})
	d := diffusion(t, g, churn.SpreadOptions{Iterations: 2})
	e, err := d.Spread(context.Background(), []uint32{0, 1})
	if err != nil {
		t.Fatal(err)
	}
	for v, want := range [][]churn.Part{
		{{Seed: 0, Energy: .25}}, {{Seed: 1, Energy: .25}}, {{Seed: 0, Energy: .75}, {Seed: 1, Energy: .375}}, {{Seed: 1, Energy: .375}},
	} {
		got, err := d.Receipt(context.Background(), e, uint32(v))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("receipt of %d (-want +got):\n%s", v, diff)
		}
	}
	got, err := d.Receipts(context.Background(), e, churn.ReceiptOptions{Top: 1, Skip: []bool{true, false, false, false}})
	if err != nil {
		t.Fatal(err)
	}
	want := &churn.Receipts{Offsets: []uint64{0, 0, 1, 2, 3}, Seeds: []uint32{1, 0, 1}, Parts: []float64{.25, .75, .375}, Rest: []float64{0, 0, .375, 0}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("receipts (-want +got):\n%s", diff)
	}
}

func TestReceiptsAddUpAndAgree(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := anyGraph(rt)
		d := diffusion(t, g, anyOptions(rt))
		e, err := d.Spread(context.Background(), anySeeds(rt, g, "seeds"))
		if err != nil {
			rt.Fatal(err)
		}
		top := rapid.IntRange(1, 13).Draw(rt, "top")
		all, err := d.Receipts(context.Background(), e, churn.ReceiptOptions{Top: top, Least: -1})
		if err != nil {
			rt.Fatal(err)
		}
		for v := range uint32(g.Rows()) {
			full, err := d.Receipt(context.Background(), e, v)
			if err != nil {
				rt.Fatal(err)
			}
			sum := 0.0
			for _, p := range full {
				sum += p.Energy
			}
			if math.Abs(sum-e.Of[v]) > 1e-12 {
				rt.Fatalf("the receipt of %d adds up to %v, its energy is %v", v, sum, e.Of[v])
			}
			lo, hi := all.Offsets[v], all.Offsets[v+1]
			if int(hi-lo) != min(top, len(full)) {
				rt.Fatalf("vertex %d has %d parts listed of %d, at most %d", v, hi-lo, len(full), top)
			}
			listed := all.Rest[v]
			for i := lo; i < hi; i++ {
				listed += all.Parts[i]
				// Near ties may swap, so the parts are compared, and
				// each with what the full receipt says of its seed.
				if math.Abs(all.Parts[i]-full[i-lo].Energy) > 1e-12 {
					rt.Fatalf("part %d of vertex %d is %v, want %v", i-lo, v, all.Parts[i], full[i-lo].Energy)
				}
				k := slices.IndexFunc(full, func(p churn.Part) bool { return p.Seed == all.Seeds[i] })
				if k < 0 || math.Abs(full[k].Energy-all.Parts[i]) > 1e-12 {
					rt.Fatalf("seed %d isn't in the receipt of %d with %v", all.Seeds[i], v, all.Parts[i])
				}
			}
			if math.Abs(listed-e.Of[v]) > 1e-12 {
				rt.Fatalf("parts and rest of %d add up to %v, its energy is %v", v, listed, e.Of[v])
			}
		}
	})
}

func TestReceiptsCutShortAddUp(t *testing.T) {
	g := crowd(t, 600)
	d := diffusion(t, g, churn.SpreadOptions{Iterations: 6})
	e, err := d.Spread(context.Background(), everyNth(600, 7))
	if err != nil {
		t.Fatal(err)
	}
	exact, err := d.Receipts(context.Background(), e, churn.ReceiptOptions{Least: -1, Top: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, least := range []float64{0, .001, .1} {
		short, err := d.Receipts(context.Background(), e, churn.ReceiptOptions{Least: least, Top: 3})
		if err != nil {
			t.Fatal(err)
		}
		for v := range uint32(g.Rows()) {
			whole := map[uint32]float64{}
			for i := exact.Offsets[v]; i < exact.Offsets[v+1]; i++ {
				whole[exact.Seeds[i]] = exact.Parts[i]
			}
			sum := short.Rest[v]
			for i := short.Offsets[v]; i < short.Offsets[v+1]; i++ {
				sum += short.Parts[i]
				if short.Parts[i] > whole[short.Seeds[i]]+1e-12 {
					t.Fatalf("least %v: seed %d gives %d %v, more than the %v of the full receipt", least, short.Seeds[i], v, short.Parts[i], whole[short.Seeds[i]])
				}
				if i > short.Offsets[v] && short.Parts[i] > short.Parts[i-1] {
					t.Fatalf("least %v: the parts of %d rise from %v to %v", least, v, short.Parts[i-1], short.Parts[i])
				}
			}
			if math.Abs(sum-e.Of[v]) > 1e-12 {
				t.Fatalf("least %v: parts and rest of %d add up to %v, its energy is %v", least, v, sum, e.Of[v])
			}
		}
	}
}

func TestReceiptsSameBitsForAnyThreads(t *testing.T) {
	g := crowd(t, 2000)
	var want *churn.Receipts
	var parts []churn.Part
	for _, threads := range threadCounts {
		d := diffusion(t, g, churn.SpreadOptions{Threads: threads, Iterations: 4})
		e, err := d.Spread(context.Background(), everyNth(2000, 3))
		if err != nil {
			t.Fatal(err)
		}
		got, err := d.Receipts(context.Background(), e, churn.ReceiptOptions{})
		if err != nil {
			t.Fatal(err)
		}
		one, err := d.Receipt(context.Background(), e, 77)
		if err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want, parts = got, one
		}
		same(t, threads, want, got)
		same(t, threads, parts, one)
	}
}

func TestReceiptsRefuse(t *testing.T) {
	g := build(t, 2, graph.Arc{From: 0, To: 1})
	d := diffusion(t, g, churn.SpreadOptions{})
	ctx := context.Background()
	e, err := d.Spread(ctx, []uint32{0})
	if err != nil {
		t.Fatal(err)
	}
	for want, call := range map[string]func() error{
		"vertex 2 of energies for 2": func() error { _, err := d.Receipt(ctx, e, 2); return err },
		"in a network of 2":          func() error { _, err := d.Receipt(ctx, &churn.Energy{Of: make([]float64, 3)}, 2); return err },
		"-1 parts":                   func() error { _, err := d.Receipts(ctx, e, churn.ReceiptOptions{Top: -1}); return err },
		"not a number":               func() error { _, err := d.Receipts(ctx, e, churn.ReceiptOptions{Least: math.NaN()}); return err },
		"skip names 1 vertices":      func() error { _, err := d.Receipts(ctx, e, churn.ReceiptOptions{Skip: []bool{true}}); return err },
		"energies for 3 vertices": func() error {
			_, err := d.Receipts(ctx, &churn.Energy{Of: make([]float64, 3)}, churn.ReceiptOptions{})
			return err
		},
	} {
		if err := call(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want one that says %q", err, want)
		}
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := d.Receipts(cancelled, e, churn.ReceiptOptions{}); err == nil {
		t.Error("no error although the context has ended")
	}
	if _, err := d.Receipt(cancelled, e, 0); err == nil {
		t.Error("no error although the context has ended")
	}
}

func TestSusceptible(t *testing.T) {
	// 0 gives half of its risk to 1 and 2 in proportion 3 to 1; 1 gives half
	// of its own to 0; 2 gives nothing and keeps all; 3 is alone.
	g := build(t, 4, graph.Arc{From: 0, To: 1, Weight: 3}, graph.Arc{From: 0, To: 2, Weight: 1}, graph.Arc{From: 1, To: 0})
	d := diffusion(t, g, churn.SpreadOptions{})
	tests := []struct {
		name string
		own  []float64
		want []float64
	}{
		{"all alike", nil, []float64{.5 / (.5 + .5), .375 / (.375 + .5), .125 / (.125 + 1), 0}},
		{"own risks", []float64{.2, .4, 0, .9}, []float64{.2 / (.2 + .1), .075 / (.075 + .2), 1, 0}},
		{"nothing is expected", []float64{0, 0, 0, 0}, []float64{0, 0, 0, 0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := d.Susceptible(context.Background(), tt.own)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got, cmpopts.EquateApprox(0, 1e-15)); diff != "" {
				t.Errorf("susceptible (-want +got):\n%s", diff)
			}
		})
	}
	for _, own := range [][]float64{{1}, {0, 0, 0, 2}, {0, 0, math.NaN(), 0}} {
		if _, err := d.Susceptible(context.Background(), own); err == nil {
			t.Errorf("no error for own risks %v", own)
		}
	}
}

func TestSusceptibleSameBitsForAnyThreads(t *testing.T) {
	g := crowd(t, 8000)
	var want []float64
	for _, threads := range threadCounts {
		got, err := diffusion(t, g, churn.SpreadOptions{Threads: threads}).Susceptible(context.Background(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = got
		}
		same(t, threads, want, got)
	}
}

func BenchmarkReceipts(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		d := diffusion(b, crowd(b, n), churn.SpreadOptions{})
		e, err := d.Spread(context.Background(), everyNth(n, 20))
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				if _, err := d.Receipts(context.Background(), e, churn.ReceiptOptions{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkReceipt(b *testing.B) {
	d := diffusion(b, crowd(b, 100_000), churn.SpreadOptions{})
	e, err := d.Spread(context.Background(), everyNth(100_000, 20))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := d.Receipt(context.Background(), e, 1); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSusceptible(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		d := diffusion(b, crowd(b, n), churn.SpreadOptions{})
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				if _, err := d.Susceptible(context.Background(), nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
