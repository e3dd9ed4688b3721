package simulate

import (
	"math"
	"slices"
	"time"
)

// none stands for "no second community".
const none = ^uint32(0)

// The sizes of communities follow a power law with this exponent between these
// bounds.
const (
	smallest, largest = 8, 150
	sizeExponent      = 1.8
)

// kind is what holds a community together.
type kind uint8

const (
	mixed    kind = iota // families and neighbours
	business             // colleagues, who call by day
	young                // who write more than they call, and late
	kinds    = 3
)

// operator is the simulated house: all that does not change from day to day.
// Customers are numbered so that those of a community are consecutive.
type operator struct {
	o Options

	// Communities c has the customers first[c]..first[c+1]-1 as members with
	// the larger part of their ties, and extras[extraFirst[c]:extraFirst[c+1]]
	// with the smaller part. Likewise city k has the communities from
	// cityFirst[k] and region r the cities from regionFirst[r].
	first, cityFirst, regionFirst []uint32
	extraFirst, extras            []uint32
	cityOf, regionOf              []uint32 // of a community; of a city
	kinds                         []kind   // of a community
	leader, disseminator          []uint32 // of a community; a customer

	// Per customer.
	community []uint32
	second    []uint32  // second community or none
	share     []float32 // of ties in the first community, 1 without a second
	sociable  []float32 // propensity to have ties, heavy-tailed
	number    []uint32  // in the id: +999 and this with eight digits
	order     []uint32  // customer by ascending number
	ids       []byte    // idLength each
	since     []int32   // first contract, in days before the start

	ties contacts
	// rate is calls started per day, lines the lines bought.
	rate, lines []float32
	// gone is when a customer leaves, in seconds after the start, or stays.
	gone []int32
	// infector is who drew the customer along, none if nobody did, and
	// exposure what all who had left exerted at the time.
	infector []uint32
	exposure []float32

	catalogue catalogue
}

// stays is the time of leaving of those who do not.
const stays = math.MaxInt32

// found lays out communities, cities and regions and fills them with customers.
func found(o Options) *operator {
	op := &operator{o: o}
	n := o.Customers
	op.first = split(open(o.Seed, forCommunities, 0, 0), n, func(s *stream) int {
		lo, hi := math.Pow(smallest, 1-sizeExponent), math.Pow(largest, 1-sizeExponent)
		return int(math.Pow(lo+s.float()*(hi-lo), 1/(1-sizeExponent)) + .5)
	})
	communities := len(op.first) - 1
	op.cityFirst = split(open(o.Seed, forCities, 0, 0), communities, func(s *stream) int { return 6 + s.poisson(2)*s.poisson(4) })
	cities := len(op.cityFirst) - 1
	op.regionFirst = split(open(o.Seed, forCities, 1, 0), cities, func(s *stream) int { return 3 + s.poisson(3) })
	op.cityOf, op.regionOf = owners(op.cityFirst), owners(op.regionFirst)

	op.community = owners(op.first)
	op.second = make([]uint32, n)
	op.share = make([]float32, n)
	op.sociable = make([]float32, n)
	op.since = make([]int32, n)
	for u := range n {
		op.endow(uint32(u))
	}
	op.extraFirst, op.extras = members(op.second, communities)
	op.kinds = make([]kind, communities)
	op.leader = make([]uint32, communities)
	op.disseminator = make([]uint32, communities)
	for c := range communities {
		op.appoint(c)
	}
	op.number = shuffled(open(o.Seed, forNumbers, 0, 0), n)
	op.order = make([]uint32, n)
	op.ids = make([]byte, 0, n*idLength)
	for u, k := range op.number {
		op.order[k] = uint32(u)
		op.ids = appendNumber(append(op.ids, "+999"...), k, 8)
	}
	return op
}

// split cuts n things into consecutive groups of drawn sizes and returns where
// each begins, and n. What is left for the last group and too little for one is
// spread over the others, one each from the first on.
func split(s stream, n int, size func(*stream) int) []uint32 {
	var sizes []int
	left := n
	for left > 0 {
		k := size(&s)
		if k <= left {
			sizes, left = append(sizes, k), left-k
			continue
		}
		if len(sizes) == 0 {
			sizes, left = append(sizes, left), 0
		}
		for i := 0; left > 0; i = (i + 1) % len(sizes) {
			sizes[i]++
			left--
		}
	}
	first := []uint32{0}
	for _, k := range sizes {
		first = append(first, first[len(first)-1]+uint32(k))
	}
	return first
}

// owners returns the group of each thing.
func owners(first []uint32) []uint32 {
	of := make([]uint32, first[len(first)-1])
	for g := range len(first) - 1 {
		for i := first[g]; i < first[g+1]; i++ {
			of[i] = uint32(g)
		}
	}
	return of
}

// members lists the customers of each community, ascending.
func members(of []uint32, communities int) (first, list []uint32) {
	first = make([]uint32, communities+1)
	for _, c := range of {
		if c != none {
			first[c+1]++
		}
	}
	for c := range communities {
		first[c+1] += first[c]
	}
	list = make([]uint32, first[communities])
	next := slices.Clone(first[:communities])
	for u, c := range of {
		if c != none {
			list[next[c]] = uint32(u)
			next[c]++
		}
	}
	return first, list
}

// endow gives a customer a nature: how sociable, since when, and whether in a
// second community, three times in four one of the same city.
func (op *operator) endow(u uint32) {
	s := open(op.o.Seed, forCustomer, uint64(u), 0)
	op.sociable[u] = float32(min(math.Pow(1-s.float(), -1/2.2), 100))
	op.since[u] = int32(min(30-math.Log(1-s.float())*1100, 7300))
	op.second[u], op.share[u] = none, 1
	if !s.chance(op.o.Overlap) {
		return
	}
	own := op.community[u]
	from, to := uint32(0), uint32(len(op.first)-1)
	if k := op.cityOf[own]; s.chance(.75) {
		from, to = op.cityFirst[k], op.cityFirst[k+1]
	}
	if to-from < 2 {
		return
	}
	c := from + uint32(s.below(int(to-from-1)))
	if c >= own && own >= from {
		c++
	}
	op.second[u], op.share[u] = c, float32(.55+.2*s.float())
}

// appoint draws the kind of a community and makes its most sociable member the
// leader, more sociable still, and the next one the disseminator. Of equals the
// first.
func (op *operator) appoint(c int) {
	s := open(op.o.Seed, forCommunities, uint64(c), 1)
	switch r := s.float(); {
	case r < .2:
		op.kinds[c] = business
	case r < .45:
		op.kinds[c] = young
	}
	op.leader[c], op.disseminator[c] = none, none
	var most, next float32
	var sum float64
	for u := op.first[c]; u < op.first[c+1]; u++ {
		own := op.sociable[u] * op.share[u]
		sum += float64(own)
		switch {
		case own > most:
			op.disseminator[c], next = op.leader[c], most
			op.leader[c], most = u, own
		case own > next:
			op.disseminator[c], next = u, own
		}
	}
	mean := sum / float64(op.first[c+1]-op.first[c])
	if l := op.leader[c]; l != none {
		op.sociable[l] = float32(min(max(1.2*float64(most), 4*mean), 8*mean)) / op.share[l]
	}
	if d := op.disseminator[c]; d != none {
		op.sociable[d] = float32(min(max(float64(next), 2.5*mean), 6*mean)) / op.share[d]
	}
}

// shuffled is a random permutation of 0..n-1.
func shuffled(s stream, n int) []uint32 {
	p := make([]uint32, n)
	for i := range p {
		j := s.below(i + 1)
		p[i] = p[j]
		p[j] = uint32(i)
	}
	return p
}

// day is the date of a day of the simulation.
func (op *operator) day(d int) time.Time { return op.o.Start.AddDate(0, 0, d) }
