package churn

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kith/graph"
)

// random draws a small directed graph.
func random(t testing.TB, r *rand.Rand, n, arcs int) *graph.Graph {
	t.Helper()
	list := make([]graph.Arc, arcs)
	for i := range list {
		list[i] = graph.Arc{From: uint32(r.IntN(n)), To: uint32(r.IntN(n)), Weight: float32(1 + r.IntN(5))}
	}
	g, _, err := graph.BuildArcs(context.Background(), graph.BuildOptions{Rows: uint32(n), DropLoops: true}, list)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// from spreads from one vertex for so many steps.
func from(t testing.TB, d *Diffusion, v, steps int) []float64 {
	t.Helper()
	e := make([]float64, d.in.Rows())
	e[v] = 1
	if _, _, err := d.run(context.Background(), e, steps, -1); err != nil {
		t.Fatal(err)
	}
	return e
}

func TestReturns(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, opt := range []SpreadOptions{{}, {Factor: .9}, {Factor: 1}, {Direction: Both}, {Direction: Both, Weighting: Binary}, {Weighting: Reciprocated}} {
		for range 20 {
			d, err := NewDiffusion(context.Background(), random(t, r, 8, 24), opt)
			if err != nil {
				t.Fatal(err)
			}
			for v := range 8 {
				for steps := range 7 {
					got, want := d.returns(uint32(v), steps), from(t, d, v, steps)[v]
					if steps <= 2 && math.Abs(got-want) > 1e-12 {
						t.Fatalf("%+v: after %d steps %v of its own is on %d, not %v", opt, steps, want, v, got)
					}
					if got > want+1e-12 {
						t.Fatalf("%+v: after %d steps %v of its own is on %d, less than %v", opt, steps, want, v, got)
					}
				}
			}
		}
	}
	// Of a pair that has only each other, half comes back whatever the steps.
	g := &graph.Graph{Offsets: []uint64{0, 1, 2}, Targets: []uint32{1, 0}, Cols: 2, Undirected: true}
	d, err := NewDiffusion(context.Background(), g, SpreadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, steps := range []int{1, 2, 50} {
		if got := d.returns(0, steps); got != .5 {
			t.Errorf("after %d steps a pair's vertex has %v of its own, want 0.5", steps, got)
		}
	}
}

func TestSeedShareBins(t *testing.T) {
	// A hub with 100 leaves, a chain of 40 (38 of them of degree 2), and 30
	// isolated vertices. The hub is alone at the top and goes down to those of
	// degree 2; leaves and the ends of the chain are a bin, and so are the
	// isolated.
	var arcs []graph.Arc
	for v := uint32(1); v <= 100; v++ {
		arcs = append(arcs, graph.Arc{From: 0, To: v, Weight: 1})
	}
	for v := uint32(101); v < 140; v++ {
		arcs = append(arcs, graph.Arc{From: v, To: v + 1, Weight: 1})
	}
	g, _, err := graph.BuildArcs(context.Background(), graph.BuildOptions{Rows: 171}, arcs)
	if err != nil {
		t.Fatal(err)
	}
	d, err := NewDiffusion(context.Background(), g, SpreadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got := d.seedShare([]uint32{0, 1, 2, 101, 110, 150, 151, 152})
	want := make([]float64, 171)
	for v := range want {
		switch {
		case v == 0 || (v > 101 && v < 140):
			want[v] = 2. / 39
		case v <= 101 || v == 140:
			want[v] = 3. / 102
		default:
			want[v] = 3. / 30
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("share of seeds (-want +got):\n%s", diff)
	}
}

func TestSeedShareOfFewIsTheShareOfAll(t *testing.T) {
	d, err := NewDiffusion(context.Background(), random(t, rand.New(rand.NewPCG(3, 4)), 20, 60), SpreadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for v, x := range d.seedShare([]uint32{3, 4, 9}) {
		if x != 3./20 {
			t.Errorf("vertex %d departs with a chance of %v, want 3 in 20", v, x)
		}
	}
}

func TestChanceIsTheMeanOfShuffles(t *testing.T) {
	// 3 of 20 vertices depart, all alike. Over the draws in which v stays, the
	// mean energy is Σ_u 3/19·P_vu over the others, as each of 19 departs
	// equally often; chance takes 3/20, from the share among all 20.
	const n, k, steps = 20, 3, 2
	r := rand.New(rand.NewPCG(5, 6))
	d, err := NewDiffusion(context.Background(), random(t, r, n, 60), SpreadOptions{Iterations: steps, Direction: Both})
	if err != nil {
		t.Fatal(err)
	}
	e, err := d.Spread(context.Background(), []uint32{3, 4, 9})
	if err != nil {
		t.Fatal(err)
	}
	got, err := d.chance(context.Background(), e)
	if err != nil {
		t.Fatal(err)
	}
	rays := make([][]float64, n)
	for u := range rays {
		rays[u] = from(t, d, u, steps)
	}
	var sum, times [n]float64
	for range 100_000 {
		seeds := r.Perm(n)[:k]
		for v := range n {
			if v == seeds[0] || v == seeds[1] || v == seeds[2] {
				continue
			}
			times[v]++
			sum[v] += rays[seeds[0]][v] + rays[seeds[1]][v] + rays[seeds[2]][v]
		}
	}
	for v := range n {
		want := sum[v] / times[v] * (n - 1) / n
		if math.Abs(got[v]-want) > .02*want+1e-4 {
			t.Errorf("vertex %d has %v by chance, shuffles give %v", v, got[v], want)
		}
	}
}
