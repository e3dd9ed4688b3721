package influence

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/stat"
	"pgregory.net/rapid"
)

func TestRankCorrelationsByHand(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		name              string
		a, b              []float64
		spearman, kendall float64
	}{
		{"empty", nil, nil, 1, 1},
		{"one", []float64{3}, []float64{7}, 1, 1},
		{"all alike", []float64{2, 2, 2}, []float64{5, 5, 5}, 1, 1},
		{"one orders", []float64{1, 2, 3}, []float64{5, 5, 5}, 0, 0},
		{"same order", []float64{1, 2, 3, inf}, []float64{10, 20, 21, 22}, 1, 1},
		{"turned round", []float64{1, 2, 3}, []float64{0, -1, -inf}, -1, -1},
		// Ranks 1 2 3 4 and 2 1 4 3: Σd² = 4, ρ = 1 - 6·4/(4·15); 4 pairs alike, 2 not.
		{"two swaps", []float64{1, 2, 3, 4}, []float64{2, 1, 4, 3}, .6, 1. / 3},
		// Ranks 1.5 1.5 3 and 1 2.5 2.5; of the three pairs one is equal in a, one in
		// b, and one alike: ρ = .75/1.5, τ = 1/√(2·2).
		{"ties", []float64{1, 1, 2}, []float64{1, 2, 2}, .5, .5},
		// Ranks 1.5 1.5 3 4 twice: pairs equal in both count for nothing.
		{"the same ties", []float64{1, 1, 2, 3}, []float64{1, 1, 2, 3}, 1, 1},
	} {
		s, err := Spearman(c.a, c.b)
		if err != nil || math.Abs(s-c.spearman) > 1e-12 {
			t.Errorf("%s: Spearman %v, %v; want %v", c.name, s, err, c.spearman)
		}
		k, err := Kendall(c.a, c.b)
		if err != nil || math.Abs(k-c.kendall) > 1e-12 {
			t.Errorf("%s: Kendall %v, %v; want %v", c.name, k, err, c.kendall)
		}
	}
	for _, c := range [][2][]float64{{{1}, nil}, {{nan, 1}, {1, 2}}, {{1, 2}, {1, nan}}} {
		if _, err := Spearman(c[0], c[1]); err == nil {
			t.Errorf("Spearman took %v", c)
		}
		if _, err := Kendall(c[0], c[1]); err == nil {
			t.Errorf("Kendall took %v", c)
		}
	}
}

func TestRankCorrelationLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 40).Draw(t, "n")
		score := rapid.Custom(func(t *rapid.T) float64 { return float64(rapid.IntRange(-6, 6).Draw(t, "score")) })
		a, b := rapid.SliceOfN(score, n, n).Draw(t, "a"), rapid.SliceOfN(score, n, n).Draw(t, "b")
		for name, f := range map[string]func(a, b []float64) (float64, error){"Spearman": Spearman, "Kendall": Kendall} {
			x, err := f(a, b)
			if err != nil || x < -1 || x > 1 {
				t.Fatalf("%s %v, %v", name, x, err)
			}
			if y, _ := f(b, a); y != x {
				t.Fatalf("%s is %v one way and %v the other", name, x, y)
			}
			if y, _ := f(a, a); math.Abs(y-1) > 1e-12 {
				t.Fatalf("%s with itself is %v", name, y)
			}
			// Only the order counts.
			grown, turned := make([]float64, n), make([]float64, n)
			for i := range a {
				grown[i], turned[i] = math.Exp(a[i]), -a[i]
			}
			if y, _ := f(grown, b); math.Abs(y-x) > 1e-12 {
				t.Fatalf("%s is %v, and %v of the same order", name, x, y)
			}
			if y, _ := f(turned, b); x != 1 && x != 0 && math.Abs(y+x) > 1e-12 {
				t.Fatalf("%s is %v, and %v turned round", name, x, y)
			}
		}
		// Every pair, one by one.
		var both, first, second float64
		for i := range a {
			for j := range i {
				x, y := sign(a[i]-a[j]), sign(b[i]-b[j])
				both, first, second = both+x*y, first+x*x, second+y*y
			}
		}
		if k, _ := Kendall(a, b); first > 0 && second > 0 && math.Abs(k-both/math.Sqrt(first*second)) > 1e-12 {
			t.Fatalf("Kendall %v; pair by pair it is %v", k, both/math.Sqrt(first*second))
		}
	})
}

func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return 0
}

// Without ties gonum's Kendall, and its correlation of the ranks, are the same.
func TestRankCorrelationsAgainstGonum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 60).Draw(t, "n")
		numbers := make([]float64, n)
		for i := range numbers {
			numbers[i] = float64(i + 1)
		}
		a, b := rapid.Permutation(numbers).Draw(t, "a"), rapid.Permutation(numbers).Draw(t, "b")
		if k, err := Kendall(a, b); err != nil || math.Abs(k-stat.Kendall(a, b, nil)) > 1e-9 {
			t.Fatalf("Kendall %v, %v; gonum has %v", k, err, stat.Kendall(a, b, nil))
		}
		if s, err := Spearman(a, b); err != nil || math.Abs(s-stat.Correlation(a, b, nil)) > 1e-9 {
			t.Fatalf("Spearman %v, %v; gonum has %v", s, err, stat.Correlation(a, b, nil))
		}
	})
}

func BenchmarkKendall(b *testing.B) {
	x, y := make([]float64, 100_000), make([]float64, 100_000)
	for i := range x {
		x[i], y[i] = float64(i*7919%100_003), float64(i*104_729%100_003)
	}
	for b.Loop() {
		if _, err := Kendall(x, y); err != nil {
			b.Fatal(err)
		}
	}
}
