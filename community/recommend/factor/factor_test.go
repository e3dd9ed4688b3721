package factor

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"kith/community/recommend"
	"kith/graph"
	"kith/graph/graphtest"
)

func learn(t testing.TB, g *graph.Graph, o Options) *Model {
	t.Helper()
	m, err := Train(context.Background(), g, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// shop draws customers in groups that buy from their own shelf and, some of the
// time, anything.
func shop(customers, products, ties int, weighted bool) *graph.Graph {
	r := rand.New(rand.NewPCG(9, uint64(customers)))
	arcs := make([]graph.Arc, ties)
	for i := range arcs {
		u, x := r.Uint32N(uint32(customers)), r.Float64()
		p := uint32(x * x * float64(products))
		if r.IntN(3) > 0 {
			p = p/8*8 + u%8
		}
		arcs[i] = graph.Arc{From: u, To: min(p, uint32(products)-1), Weight: 1}
		if weighted {
			arcs[i].Weight = float32(1 + r.IntN(4))
		}
	}
	opt := graph.BuildOptions{Rows: uint32(customers), Cols: uint32(products), TwoSides: true}
	if !weighted {
		opt.Merge = graph.MergeOnce
	}
	g, _, err := graph.BuildArcs(context.Background(), opt, arcs)
	if err != nil {
		panic(err)
	}
	return g
}

// Vector registers and plain Go give the same bits, for any length and number.
func TestLanesAreThoseOfPlainGo(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	noise := func(n int) []float32 {
		x := make([]float32, n)
		for i := range x {
			x[i] = float32(r.NormFloat64() * math.Pow(10, float64(r.IntN(9)-4)))
		}
		return x
	}
	for _, stride := range []int{16, 32, 48, 64, 80, 128, 144, 208} {
		y := noise(50 * stride)
		for _, n := range []int{0, 1, 2, 3, 4, 5, 7, 8, 31} {
			at := make([]uint32, n)
			for i := range at {
				at[i] = r.Uint32N(50)
			}
			p, a, acc := noise(stride), noise(n+1), noise(stride)
			want, got := make([]float32, n+1), make([]float32, n+1)
			plainDots(want, y, at, p)
			dots(got, y, at, p)
			if !slices.Equal(want, got) {
				t.Fatalf("%d rows of %d: dots are %v, want %v", n, stride, got, want)
			}
			wantSum, gotSum := slices.Clone(acc), slices.Clone(acc)
			plainCombine(wantSum, y, at, a)
			combine(gotSum, y, at, a)
			if !slices.Equal(wantSum, gotSum) {
				t.Fatalf("%d rows of %d: sums differ", n, stride)
			}
			for i, v := range at {
				exact := 0.
				size := 0.
				for k := range stride {
					x := float64(y[int(v)*stride+k]) * float64(p[k])
					exact += x
					size += math.Abs(x)
				}
				if math.Abs(float64(got[i])-exact) > 1e-5*size {
					t.Fatalf("row %d: %v, want %v", v, got[i], exact)
				}
			}
		}
	}
}

// One customer, one product, one factor: with c = 1+α·r = 2 and λ = 1/2, x =
// c·y/(c·y²+λ) and the same for y, whose fixed point is x·y = 1-λ/c = 3/4. The loss
// is 2·(1/4)² + 1/2·(3/4+3/4) = 7/8.
func TestTrainByHand(t *testing.T) {
	g := &graph.Graph{Offsets: []uint64{0, 1}, Targets: []uint32{0}, Cols: 1}
	m := learn(t, g, Options{Factors: 1, Confidence: 1, Regularization: .5, Sweeps: 60, Losses: true})
	if s := m.Score(0, 0); math.Abs(float64(s)-.75) > 1e-5 {
		t.Errorf("the score is %v, want 3/4", s)
	}
	if l := m.Losses[len(m.Losses)-1]; math.Abs(l-.875) > 1e-5 {
		t.Errorf("the loss is %v, want 7/8", l)
	}
}

// fullLoss adds the definition up over all pairs, in float64.
func fullLoss(g *graph.Graph, m *Model, confidence, lambda float64) float64 {
	loss := 0.
	for u := range uint32(g.Rows()) {
		for p := range g.Cols {
			xy := 0.
			for k := range m.Factors {
				xy += float64(m.Customers[int(u)*m.Stride+k]) * float64(m.Products[int(p)*m.Stride+k])
			}
			if w := float64(g.Weight(u, p)); w > 0 {
				loss += (1 + confidence*w) * (1 - xy) * (1 - xy)
			} else {
				loss += xy * xy
			}
		}
	}
	for _, side := range [][]float32{m.Customers, m.Products} {
		for _, x := range side {
			loss += lambda * float64(x) * float64(x)
		}
	}
	return loss
}

// exact solves for one side's vectors by gonum's Cholesky factorisation.
func exact(t *testing.T, g *graph.Graph, y []float32, f, stride int, confidence, lambda float64) []float64 {
	out := make([]float64, g.Rows()*f)
	at := func(v uint32, k int) float64 { return float64(y[int(v)*stride+k]) }
	for u := range uint32(g.Rows()) {
		a, b := mat.NewSymDense(f, nil), mat.NewVecDense(f, nil)
		for i := range f {
			for j := i; j < f; j++ {
				s := 0.
				for p := range g.Cols {
					s += (1 + confidence*float64(g.Weight(u, p))) * at(p, i) * at(p, j)
				}
				if i == j {
					s += lambda
				}
				a.SetSym(i, j, s)
			}
			for _, p := range g.Neighbours(u) {
				b.SetVec(i, b.AtVec(i)+(1+confidence*float64(g.Weight(u, p)))*at(p, i))
			}
		}
		var c mat.Cholesky
		if !c.Factorize(a) {
			t.Fatal("not positive definite")
		}
		x := mat.NewVecDense(f, nil)
		if err := c.SolveVecTo(x, b); err != nil {
			t.Fatal(err)
		}
		copy(out[int(u)*f:], x.RawVector().Data)
	}
	return out
}

// With as many steps as factors, conjugate gradients solve exactly: the products of
// the last sweep are what gonum finds from the customers.
func TestTrainSolvesWhatGonumSolves(t *testing.T) {
	for _, weighted := range []bool{false, true} {
		g := shop(40, 24, 200, weighted)
		o := Options{Factors: 5, Sweeps: 4, Steps: 12, Confidence: 3, Regularization: .2}
		m := learn(t, g, o)
		back, err := g.Transpose(context.Background(), 1)
		if err != nil {
			t.Fatal(err)
		}
		want := exact(t, back, m.Customers, o.Factors, m.Stride, o.Confidence, o.Regularization)
		for p := range back.Rows() {
			for k := range o.Factors {
				if got := m.Products[p*m.Stride+k]; math.Abs(float64(got)-want[p*o.Factors+k]) > 1e-4 {
					t.Fatalf("weighted %v: factor %d of product %d is %v, gonum's %v", weighted, k, p, got, want[p*o.Factors+k])
				}
			}
		}
	}
}

func TestLoss(t *testing.T) {
	for _, o := range []Options{{Factors: 3}, {Factors: 20, Steps: 1, Confidence: 1}, {Factors: 64, Regularization: 5}, {Factors: 100, Steps: 2, Seed: 4}} {
		for _, weighted := range []bool{false, true} {
			g := shop(1500, 24, 9000, weighted)
			back, err := g.Transpose(context.Background(), 1)
			if err != nil {
				t.Fatal(err)
			}
			if most := back.Degree(0); most <= tile {
				t.Fatalf("no product has more buyers than the %d of a tile", tile)
			}
			o.Losses, o.Sweeps = true, 8
			m := learn(t, g, o)
			d, err := o.orDefaults()
			if err != nil {
				t.Fatal(err)
			}
			got, err := m.Loss(context.Background(), g, 2)
			if err != nil || got != m.Losses[len(m.Losses)-1] || len(m.Losses) != o.Sweeps {
				t.Errorf("the losses are %v, that of the model %v, %v", m.Losses, got, err)
			}
			if want := fullLoss(g, m, d.Confidence, d.Regularization); math.Abs(got-want) > 1e-4*want {
				t.Errorf("%+v weighted %v: the loss is %v, over all pairs %v", o, weighted, got, want)
			}
			for i := 1; i < len(m.Losses); i++ {
				if m.Losses[i] > m.Losses[i-1]*(1+1e-5) {
					t.Errorf("%+v weighted %v: the loss rises: %v", o, weighted, m.Losses)
				}
			}
		}
	}
}

func TestTrainIsBitEqualForAnyThreads(t *testing.T) {
	for _, weighted := range []bool{false, true} {
		g := shop(4200, 300, 12_000, weighted)
		o := Options{Factors: 20, Sweeps: 2, Losses: true, Threads: 1, Seed: 7}
		want := learn(t, g, o)
		for _, o.Threads = range []int{2, 3, 8, 16} {
			got := learn(t, g, o)
			if !slices.Equal(want.Customers, got.Customers) || !slices.Equal(want.Products, got.Products) || !slices.Equal(want.Losses, got.Losses) {
				t.Errorf("weighted %v: %d threads differ from 1", weighted, o.Threads)
			}
		}
		o.Seed = 8
		if other := learn(t, g, o); slices.Equal(want.Customers, other.Customers) {
			t.Error("another seed gives the same vectors")
		}
	}
}

// Weights and confidence count by their product, by powers of two to the bit;
// those without ties are 0 and change nothing; another numbering reaches much the
// same loss.
func TestTrainLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := graphtest.Draw(t, "g", graphtest.DrawOptions{Vertices: 20, Columns: 12, Weighted: true})
		o := Options{Factors: rapid.IntRange(1, 20).Draw(t, "factors"), Sweeps: 6, Confidence: 8, Seed: 3, Regularization: 1, Steps: 8}
		model := func(g *graph.Graph, o Options) *Model {
			m, err := Train(context.Background(), g, o)
			if err != nil {
				t.Fatal(err)
			}
			return m
		}
		m := model(g, o)
		if g.Weights != nil {
			quarter := *g
			quarter.Weights = slices.Clone(g.Weights)
			for i := range quarter.Weights {
				quarter.Weights[i] /= 4
			}
			p := o
			p.Confidence = 32
			if n := model(&quarter, p); !slices.Equal(m.Customers, n.Customers) || !slices.Equal(m.Products, n.Products) {
				t.Fatal("a quarter of the weights with four times the confidence gives another model")
			}
		}
		padded := *g
		padded.Offsets = append(slices.Clone(g.Offsets), g.Offsets[len(g.Offsets)-1])
		padded.Cols++
		if n := model(&padded, o); !slices.Equal(n.Customers[:len(m.Customers)], m.Customers) || !slices.Equal(n.Products[:len(m.Products)], m.Products) ||
			slices.ContainsFunc(n.Customers[len(m.Customers):], func(x float32) bool { return x != 0 }) {
			t.Fatal("a customer and a product without ties change the model, or aren't 0")
		}
		for u := range uint32(g.Rows()) {
			if g.Degree(u) == 0 && slices.ContainsFunc(m.vector(u), func(x float32) bool { return x != 0 }) {
				t.Fatalf("customer %d has bought nothing and has the vector %v", u, m.vector(u))
			}
		}
		loss, err := m.Loss(context.Background(), g, 1)
		if want := fullLoss(g, m, o.Confidence, o.Regularization); err != nil || math.Abs(loss-want) > 1e-4*want {
			t.Fatalf("the loss is %v, over all pairs %v, %v", loss, want, err)
		}
	})
}

func TestFor(t *testing.T) {
	g := shop(400, 1500, 6000, true) // more products than a tile
	m := learn(t, g, Options{Factors: 12, Sweeps: 5})
	allowed := make([]uint64, 20) // the first 1,280
	for i := range allowed {
		allowed[i] = ^uint64(3)
	}
	for u := range uint32(40) {
		q := recommend.Query{Customer: u, Owned: g.Neighbours(u), Allowed: allowed, Limit: 7, Offset: int(u % 5)}
		var want []recommend.Item
		for p := range g.Cols {
			if g.Weight(u, p) == 0 && p < 1280 && p%64 > 1 {
				want = append(want, recommend.Item{Product: p, Score: m.Score(u, p), Source: recommend.Factors, Community: recommend.None, Seen: recommend.None})
			}
		}
		slices.SortStableFunc(want, func(a, b recommend.Item) int {
			switch {
			case a.Score > b.Score:
				return -1
			case a.Score < b.Score:
				return 1
			}
			return 0
		})
		if diff := cmp.Diff(want[q.Offset:q.Offset+q.Limit], m.For(nil, q)); diff != "" {
			t.Fatalf("the list of customer %d (-want +got):\n%s", u, diff)
		}
	}
	for name, q := range map[string]recommend.Query{
		"unknown customer": {Customer: recommend.Unknown, Limit: 3}, "no limit": {Customer: 1}, "past the end": {Customer: 1, Limit: 3, Offset: 1500},
	} {
		if items := m.For(nil, q); len(items) != 0 {
			t.Errorf("%s: %v", name, items)
		}
	}
}

// FoldIn gives a customer of the model the vector that solves for the final products.
func TestFoldIn(t *testing.T) {
	g := shop(60, 30, 400, true)
	o := Options{Factors: 6, Sweeps: 5, Confidence: 2, Regularization: .5}
	m := learn(t, g, o)
	want := exact(t, g, m.Products, o.Factors, m.Stride, o.Confidence, o.Regularization)
	for u := range uint32(g.Rows()) {
		x, err := m.FoldIn(append(slices.Clone(g.Neighbours(u)), 99), append(slices.Clone(g.WeightsOf(u)), 1))
		if err != nil {
			t.Fatal(err)
		}
		for k := range o.Factors {
			if math.Abs(float64(x[k])-want[int(u)*o.Factors+k]) > 1e-4 {
				t.Fatalf("customer %d has %v, gonum %v", u, x[:o.Factors], want[int(u)*o.Factors:][:o.Factors])
			}
		}
	}
	if x, err := m.FoldIn(nil, nil); err != nil || slices.ContainsFunc(x, func(x float32) bool { return x != 0 }) {
		t.Errorf("nobody's vector is %v, %v", x, err)
	}
	for _, w := range [][]float32{{1, 2}, {-1}, {float32(math.NaN())}, {float32(math.Inf(1))}} {
		if _, err := m.FoldIn([]uint32{3}, w); err == nil {
			t.Errorf("weights %v are taken", w)
		}
	}
}

// On groups with shelves of their own the model finds what was left out.
func TestFactorsFindTheShelf(t *testing.T) {
	var before, after []graph.Arc
	r := rand.New(rand.NewPCG(5, 5))
	for u := range uint32(300) {
		for _, i := range r.Perm(10)[:7] {
			before = append(before, graph.Arc{From: u, To: u%6*10 + uint32(i), Weight: 1})
		}
		for i := range uint32(10) {
			after = append(after, graph.Arc{From: u, To: u%6*10 + i, Weight: 1})
		}
	}
	opt := graph.BuildOptions{Rows: 300, Cols: 60, TwoSides: true}
	b, _, err := graph.BuildArcs(context.Background(), opt, before)
	if err != nil {
		t.Fatal(err)
	}
	a, _, err := graph.BuildArcs(context.Background(), opt, after)
	if err != nil {
		t.Fatal(err)
	}
	m := learn(t, b, Options{Factors: 8})
	e, err := recommend.Evaluate(context.Background(), []recommend.Method{m.Method()}, b, a, recommend.EvaluateOptions{K: 3, Resamples: 10})
	if err != nil || e.Methods[0].Name != "factors" || e.Methods[0].Recall.Mean < .99 {
		t.Errorf("recall at 3 is %v, %v", e, err)
	}
}

func TestTrainEdges(t *testing.T) {
	for name, g := range map[string]*graph.Graph{
		"empty": {Offsets: []uint64{0}}, "zero": {}, "no ties": {Offsets: []uint64{0, 0, 0}, Cols: 3},
	} {
		m := learn(t, g, Options{Losses: true})
		if len(m.Customers) != g.Rows()*64 || len(m.Products) != int(g.Cols)*64 || m.Losses[14] != 0 {
			t.Errorf("%s: %d numbers of customers, %d of products, losses %v", name, len(m.Customers), len(m.Products), m.Losses)
		}
	}
	heavy := &graph.Graph{Offsets: []uint64{0, 2}, Targets: []uint32{0, 1}, Weights: []float32{1e6, 1e-30}, Cols: 2}
	m := learn(t, heavy, Options{Factors: 4})
	for _, x := range slices.Concat(m.Customers, m.Products) {
		if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
			t.Fatalf("heavy weights give %v", m.Customers)
		}
	}
	one := &graph.Graph{Offsets: []uint64{0, 1}, Targets: []uint32{0}, Cols: 1}
	for _, o := range []Options{{Factors: -1}, {Factors: 5000}, {Sweeps: -1}, {Steps: -1}, {Regularization: -1}, {Regularization: math.NaN()}, {Confidence: -1}, {Confidence: math.Inf(1)}, {Confidence: 1e10}} {
		if _, err := Train(context.Background(), one, o); err == nil || !strings.HasPrefix(err.Error(), "factorise: ") {
			t.Errorf("%+v: %v", o, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Train(ctx, shop(100, 50, 300, false), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("with its context ended: %v", err)
	}
	if _, err := m.Loss(context.Background(), one, 1); err == nil {
		t.Error("a graph of another shape has a loss")
	}
}

func BenchmarkTrain(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		g := shop(n, n/10, 25*n, false)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				learn(b, g, Options{Sweeps: 1})
			}
		})
	}
}

func BenchmarkFor(b *testing.B) {
	m := learn(b, shop(1000, 20_000, 25_000, false), Options{Sweeps: 1})
	var items []recommend.Item
	for b.Loop() {
		items = m.For(items[:0], recommend.Query{Customer: 5, Limit: 10})
	}
}
