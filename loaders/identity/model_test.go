package identity

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// The example of the project's definitions: a prior of -6.67 bits, five fields,
// and a probability of .999.
func TestProbabilityOfThePublishedExample(t *testing.T) {
	bits := []float64{4.74, 6.49, -1.97, -1.12, 8.00}
	if got := Probability(-6.67 + 4.74 + 6.49 - 1.97 - 1.12 + 8.00); math.Abs(got-.999) > .0005 {
		t.Errorf("probability %.4f; want .999", got)
	}
	// The same by way of a model in which the levels weigh so many bits.
	m := &Model{Lambda: Probability(-6.67)}
	at := []Level{Exact, Close, Different, Near, Exact}
	x := &table{n: 2, slots: len(bits), cells: make([]uint32, 2*len(bits))}
	for f, w := range bits {
		field := FieldModel{Kind: Text}
		for l := Exact; l < levels; l++ {
			field.M[l], field.U[l] = .25, .25
		}
		field.U[at[f]] = .25 / math.Exp2(w)
		m.Fields = append(m.Fields, field)
		x.columns = append(x.columns, column{first: f, width: 1, count: []uint32{0, 0}})
		x.cells[f], x.cells[len(bits)+f] = 1, 1
	}
	parts := make([]float64, len(bits))
	weight, doubled := x.weigh(m, 0, 1, at, parts)
	if math.Abs(weight-9.47) > 1e-9 || doubled != 0 {
		t.Errorf("weight %v less %v; want 9.47 less nothing", weight, doubled)
	}
	if diff := cmp.Diff(bits, parts, cmpopts.EquateApprox(0, 1e-9)); diff != "" {
		t.Errorf("weights of the fields (-want +got):\n%s", diff)
	}
	if got := Probability(weight); math.Abs(got-.999) > .0005 {
		t.Errorf("probability %.4f; want .999", got)
	}
}

func TestProbabilityLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.Float64Range(1e-9, 1-1e-9).Draw(t, "p")
		if back := Probability(Weight(p)); math.Abs(back-p) > 1e-12 {
			t.Fatalf("%v there and back is %v", p, back)
		}
	})
	for _, w := range []float64{math.Inf(-1), math.Inf(1), -5000, 5000} {
		if p := Probability(w); p != 0 && p != 1 {
			t.Errorf("probability of %v bits is %v", w, p)
		}
	}
}

// By hand: of 9 records that have a surname, 3 are called smith and 2 lang; u is a
// tenth. Without the two of a pair and with what is added, smith has 2 of 17, lang
// 1 of 17.
func TestFrequencyWeights(t *testing.T) {
	f := FieldModel{Kind: Surname}
	f.M = [levels]float64{Exact: .8, Close: .1, Near: .05, Crossed: .01, Different: .04}
	f.U = [levels]float64{Exact: .1, Close: .05, Near: .05, Crossed: .01, Different: .79}
	for _, c := range []struct {
		level        Level
		count, known int
		want         float64
	}{
		{Exact, 0, 0, 3},
		{Exact, 3, 9, math.Log2(.8 * 17 / 2)},
		{Exact, 2, 9, math.Log2(.8 * 17)},
		{Close, 0, 9, 1},
		{Near, 0, 9, 0},
		{Different, 0, 9, math.Log2(.04 / .79)},
		{Missing, 0, 9, 0},
	} {
		if got := f.Weight(c.level, c.count, c.known); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s, %d of %d: %v bits; want %v", c.level, c.count, c.known, got, c.want)
		}
	}
}

// By hand: a household's share is a quarter of λ's complement, its fields speak
// for it by 3 bits: D = log2(1 + 1/4·(8-1)).
func TestDoubledByHand(t *testing.T) {
	m := &Model{Lambda: .2, Doubles: []Double{{Name: Household, Share: .2}}}
	if got, want := m.Doubled([]float64{3}), math.Log2(2.75); math.Abs(got-want) > 1e-12 {
		t.Errorf("%v bits; want %v", got, want)
	}
	if got := m.Doubled([]float64{0}); got != 0 {
		t.Errorf("a pair like any other loses %v bits", got)
	}
	if got := (&Model{Lambda: .2}).Doubled(nil); got != 0 {
		t.Errorf("without doubles %v bits are lost", got)
	}
}

// mixture is every pattern of levels of the fields with its expected count among
// so many pairs.
func mixture(m *Model, chance [][levels]float64, all float64) []pattern {
	var list []pattern
	key := make([]Level, len(m.Fields))
	var fill func(f int)
	fill = func(f int) {
		if f < len(key) {
			for l := Exact; l < levels; l++ {
				key[f] = l
				fill(f + 1)
			}
			return
		}
		same, other := m.Lambda, 1-m.Lambda
		p := pattern{}
		for f, l := range key {
			same *= m.Fields[f].M[l]
			other *= chance[f][l]
			p.key |= uint64(l) << (3 * f)
		}
		p.count = int64(math.Round((same + other) * all))
		if p.count > 0 {
			list = append(list, p)
		}
	}
	fill(0)
	return list
}

// The oracle is the mixture itself: EM must find the λ and m that made it.
func TestLearningFindsWhatMadeThePatterns(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const all = 1e9
	for _, lambda := range []float64{1e-5, 1e-3, .05} {
		want := &Model{Lambda: lambda}
		var u, counted [][levels]float64
		for range 4 {
			var m, c [levels]float64
			m[Exact] = .6 + .3*r.Float64()
			m[Close], m[Near], m[Crossed] = .1*r.Float64(), .05*r.Float64(), .01*r.Float64()
			m[Different] = 1 - m[Exact] - m[Close] - m[Near] - m[Crossed]
			c[Exact], c[Close], c[Near], c[Crossed] = .01*r.Float64()+.001, .01*r.Float64()+.001, .03, .002
			c[Different] = 1 - c[Exact] - c[Close] - c[Near] - c[Crossed]
			want.Fields = append(want.Fields, FieldModel{Kind: Text, M: m, U: c})
			u = append(u, c)
			var k [levels]float64
			for l := range k {
				k[l] = lambda*m[l] + (1-lambda)*c[l] // what random pairs show
			}
			counted = append(counted, k)
		}
		got := &Model{Lambda: min(lambda*20, .1)}
		for range want.Fields {
			got.Fields = append(got.Fields, FieldModel{Kind: Text, M: startSame, Least: 1e-9})
		}
		if err := got.learn(context.Background(), mixture(want, u, all), 1, all, counted); err != nil {
			t.Fatal(err)
		}
		if !got.Converged || math.Abs(got.Lambda-lambda) > .02*lambda {
			t.Errorf("λ is %v after %d steps (at rest: %t); want %v", got.Lambda, got.Iterations, got.Converged, lambda)
		}
		for f := range want.Fields {
			if diff := cmp.Diff(want.Fields[f].M, got.Fields[f].M, cmpopts.EquateApprox(0, .01)); diff != "" {
				t.Errorf("λ %v: m of field %d (-want +got):\n%s", lambda, f, diff)
			}
			if diff := cmp.Diff(want.Fields[f].U, got.Fields[f].U, cmpopts.EquateApprox(.02, 1e-5)); diff != "" {
				t.Errorf("λ %v: u of field %d (-want +got):\n%s", lambda, f, diff)
			}
		}
	}
}

// M and U add up to 1, whatever the records are.
func TestLearnedSharesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawnRecords(t)
		out, err := Resolve(context.Background(), r, Options{Threads: 1})
		if err != nil {
			t.Fatal(err)
		}
		near := func(what string, x [levels]float64) {
			sum := 0.0
			for l := Exact; l < levels; l++ {
				if !(x[l] > 0 && x[l] <= 1) {
					t.Fatalf("%s of level %s is %v", what, l, x[l])
				}
				sum += x[l]
			}
			if math.Abs(sum-1) > 1e-9 {
				t.Fatalf("%s add up to %v", what, sum)
			}
		}
		for _, f := range out.Model.Fields {
			near("m of "+f.Name, f.M)
			near("u of "+f.Name, f.U)
		}
		if l := out.Model.Lambda; !(l > 0 && l < 1) {
			t.Fatalf("λ is %v", l)
		}
	})
}

func TestPairAtCountsAllPairs(t *testing.T) {
	k := int64(0)
	for q := uint32(1); q < 60; q++ {
		for p := range q {
			if gotP, gotQ := pairAt(k); gotP != p || gotQ != q {
				t.Fatalf("pair %d is %d-%d; want %d-%d", k, gotP, gotQ, p, q)
			}
			k++
		}
	}
	const n = 2_000_000_000
	if p, q := pairAt(n*(n-1)/2 - 1); p != n-2 || q != n-1 {
		t.Errorf("the last pair of two billion records is %d-%d", p, q)
	}
}

func TestDrawnPairsAreFair(t *testing.T) {
	const n, draws = 7, 210_000
	seen := map[[2]uint32]int{}
	for k := range uint64(draws) {
		p, q := drawn(5, k, n)
		if p >= q || q >= n {
			t.Fatalf("draw %d is %d-%d", k, p, q)
		}
		seen[[2]uint32{p, q}]++
	}
	// 21 pairs, 10,000 of each expected; the standard deviation is 98.
	if len(seen) != 21 {
		t.Errorf("%d different pairs; want 21", len(seen))
	}
	for pair, c := range seen {
		if c < 9500 || c > 10500 {
			t.Errorf("pair %v was drawn %d times", pair, c)
		}
	}
}

// Beyond the size at which all pairs are looked at, pairs are drawn: by the seed,
// whatever the number of threads.
func TestRandomPairsFollowTheSeed(t *testing.T) {
	r := Records{Fields: []Field{{Name: "sex", Kind: Category, Columns: [][]string{nil}}}}
	for i := range 1500 {
		r.IDs = append(r.IDs, fmt.Sprintf("%04d", i))
		r.Fields[0].Columns[0] = append(r.Fields[0].Columns[0], string("mfx"[i%3]))
	}
	x := mustTable(t, r)
	count := func(seed uint64, threads int) [levels]int64 {
		counts, err := x.random(context.Background(), seed, threads)
		if err != nil {
			t.Fatal(err)
		}
		return counts[0]
	}
	want := count(7, 1)
	for _, threads := range []int{2, 3, 8} {
		if got := count(7, threads); got != want {
			t.Errorf("with %d threads the levels are %v; want %v", threads, got, want)
		}
	}
	if count(8, 1) == want {
		t.Error("another seed draws the same pairs")
	}
	// A third of the pairs agree; the standard deviation is .00065.
	if share := float64(want[Exact]) / randomPairs; math.Abs(share-1./3) > .004 {
		t.Errorf("%v of the pairs agree; want a third", share)
	}
}

func TestChanceCountsValues(t *testing.T) {
	x := mustTable(t, Records{IDs: []string{"a", "b", "c", "d"}, Fields: []Field{{Name: "n", Kind: GivenName, Columns: [][]string{{"ann", "ann", "bob", ""}}}}})
	counts, err := x.random(context.Background(), 1, 2)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][levels]int64{{Missing: 3, Exact: 1, Different: 2}}, counts); diff != "" {
		t.Errorf("levels of all pairs (-want +got):\n%s", diff)
	}
	want := [][levels]float64{{Exact: 1. / 3, Different: 2. / 3}}
	if diff := cmp.Diff(want, x.chance(counts), cmpopts.EquateApprox(0, 1e-15)); diff != "" {
		t.Errorf("shares (-want +got):\n%s", diff)
	}
}

func mustTable(t testing.TB, r Records) *table {
	t.Helper()
	phones, err := NewPhoneReader("GB")
	if err != nil {
		t.Fatal(err)
	}
	x, err := newTable(context.Background(), r, text{phones: phones}, 2)
	if err != nil {
		t.Fatal(err)
	}
	return x
}
