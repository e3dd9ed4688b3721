package recommend

import (
	"math"
	"testing"
)

// The first four are from table I of Newcombe, Two-sided confidence intervals for
// the single proportion, doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E,
// method 3; n in n has the closed form n/(n+z²).
func TestWilsonLow(t *testing.T) {
	for _, c := range []struct{ k, n, want, within float64 }{
		{81, 263, .2553, 5e-5}, {15, 148, .0624, 5e-5}, {0, 20, 0, 0}, {1, 29, .0061, 5e-5},
		{10, 10, 10 / (10 + z95*z95), 1e-12}, {0, 0, 0, 0},
	} {
		if got := wilsonLow(c.k, c.n); math.Abs(got-c.want) > c.within {
			t.Errorf("wilsonLow(%v, %v) = %.6f, want %.6f", c.k, c.n, got, c.want)
		}
	}
}

// The lower end solves (k/n - p)² = z²·p(1-p)/n.
func TestWilsonLowSolvesItsEquation(t *testing.T) {
	for n := 1.0; n < 200; n += 7 {
		for k := 1.0; k <= n; k++ {
			p := wilsonLow(k, n)
			if left, right := (k/n-p)*(k/n-p), z95*z95*p*(1-p)/n; math.Abs(left-right) > 1e-12 || p >= k/n {
				t.Errorf("wilsonLow(%v, %v) = %v gives %v and %v", k, n, p, left, right)
			}
		}
	}
}

// The expected numbers are those of Apache Mahout's LogLikelihoodTest, which
// gives the four cells of the table.
func TestLogLikelihoodRatio(t *testing.T) {
	for _, c := range []struct{ both, onlyA, onlyB, neither, want, within float64 }{
		{1, 0, 0, 1, 2.772589, 1e-6},
		{10, 0, 0, 10, 27.72589, 1e-5},
		{5, 1995, 0, 100000, 39.33052, 1e-5},
		{1000, 1995, 1000, 100000, 4730.737, 1e-3},
		{1000, 1000, 1000, 100000, 5734.343, 1e-3},
		{1000, 1000, 1000, 99000, 5714.932, 1e-3},
		{5, 5, 5, 5, 0, 1e-12}, // independent
	} {
		got := logLikelihoodRatio(c.both, c.both+c.onlyA, c.both+c.onlyB, c.both+c.onlyA+c.onlyB+c.neither)
		if math.Abs(got-c.want) > c.within {
			t.Errorf("cells %v %v %v %v: got %v, want %v", c.both, c.onlyA, c.onlyB, c.neither, got, c.want)
		}
	}
}
