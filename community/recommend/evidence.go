package recommend

import "math"

// z95 is the 97.5 % quantile of the standard normal distribution, for two-sided
// intervals of 95 %.
const z95 = 1.959963984540054

// wilsonLow is the lower end of Wilson's score interval for a share of k among
// n: (p + z²/2n − z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n), doi:10.2307/2276774. It
// is 0 for n = 0.
func wilsonLow(k, n float64) float64 {
	if n == 0 {
		return 0
	}
	p, zz := k/n, z95*z95
	low := (p + zz/(2*n) - z95*math.Sqrt(p*(1-p)/n+zz/(4*n*n))) / (1 + zz/n)
	return max(low, 0)
}

// logLikelihoodRatio is Dunning's G² = 2·Σ o·ln(o/e) over the four cells of the
// table of customers who bought both, only a, only b, and neither; e is the
// count expected were the two independent (Dunning, Accurate methods for the
// statistics of surprise and coincidence, Computational Linguistics 19(1), 1993).
// Empty cells add nothing. It is never negative.
func logLikelihoodRatio(both, a, b, customers float64) float64 {
	cell := func(o, row, col float64) float64 {
		if o <= 0 {
			return 0
		}
		return o * math.Log(o*customers/(row*col))
	}
	g := cell(both, a, b) + cell(a-both, a, customers-b) +
		cell(b-both, customers-a, b) + cell(customers-a-b+both, customers-a, customers-b)
	return max(2*g, 0)
}
