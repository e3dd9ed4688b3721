package simulate

import (
	"math"
	"math/rand/v2"
)

// purpose keeps the random numbers of different things apart.
type purpose uint64

const (
	forCommunities purpose = iota + 1
	forCities
	forCustomer
	forNumbers
	forTies
	forWeakTies
	forChurn
	forCatalogue
	forTaste
	forHabit
	forCalls
	forPurchases
	forDirt
)

// stream is a source of random numbers that depends on the seed, what it is for
// and two numbers, such as a day and a customer, and on nothing else. So any
// part can be drawn by itself, in any order, by any goroutine.
type stream struct{ pcg rand.PCG }

// open starts a stream.
func open(seed uint64, p purpose, a, b uint64) stream {
	var s stream
	h := mix(seed + uint64(p)*0x9e3779b97f4a7c15)
	s.pcg.Seed(mix(h^mix(a)), mix(h+mix(b^0xd1b54a32d192ed03)))
	return s
}

// mix is the finaliser of splitmix64 (Steele, Lea, Flood, doi:10.1145/2660193.2660195).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// float is uniform in [0, 1).
func (s *stream) float() float64 { return float64(s.pcg.Uint64()>>11) * 0x1p-53 }

// below is uniform in 0..n-1; n is positive. The bias is below n/2^32.
func (s *stream) below(n int) int {
	return int((s.pcg.Uint64() >> 32) * uint64(n) >> 32)
}

// chance is true with probability p.
func (s *stream) chance(p float64) bool { return s.float() < p }

// normal is standard normal, by inverting the distribution function.
func (s *stream) normal() float64 {
	return quantile((float64(s.pcg.Uint64()>>11) + .5) * 0x1p-53)
}

// quantile is the quantile function of the standard normal distribution.
func quantile(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }

// poisson has the given mean. It inverts the distribution function, and avoids
// the exponential where the answer is 0 anyhow, since exp(-x) ≥ 1-x.
func (s *stream) poisson(mean float64) int {
	n := 0
	for mean > 16 {
		n += s.poisson(16)
		mean -= 16
	}
	r := s.float()
	if r <= 1-mean {
		return n
	}
	p := math.Exp(-mean)
	sum := p
	for k := 1; r >= sum && k < 200; k++ {
		p *= mean / float64(k)
		sum += p
		n++
	}
	return n
}

// pick returns the first index whose cumulative weight is above a uniform share
// of the total; the last weight is the total and positive.
func pick[T float32 | float64](cumulative []T, share float64) int {
	x := T(share * float64(cumulative[len(cumulative)-1]))
	lo, hi := 0, len(cumulative)-1
	for lo < hi {
		mid := (lo + hi) / 2
		if cumulative[mid] <= x {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}
