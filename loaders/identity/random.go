package identity

import "context"

// randomPairs is how many pairs u is learned from.
const randomPairs = 1 << 19

// sampleParts is into how many parts a sample is cut for the goroutines; it does
// not depend on how many there are.
const sampleParts = 256

// random counts the levels of pairs of records drawn at random, per field: all
// pairs where there are no more than randomPairs, otherwise so many, with
// replacement. Counts are whole numbers, so that their order doesn't matter.
func (x *table) random(ctx context.Context, seed uint64, threads int) ([][levels]int64, error) {
	all := pairsOf(x.n)
	whole := all <= randomPairs
	draws := int(min(all, randomPairs))
	parts := make([][][levels]int64, sampleParts)
	err := each(ctx, threads, sampleParts, func(_, i int) {
		counts := make([][levels]int64, len(x.columns))
		lo, hi := part(draws, sampleParts, i)
		p, q := uint32(0), uint32(0)
		if whole && lo < hi {
			p, q = pairAt(int64(lo))
		}
		for k := lo; k < hi; k++ {
			if whole {
				if k > lo {
					if p++; p == q {
						p, q = 0, q+1
					}
				}
			} else {
				p, q = drawn(seed, uint64(k), uint32(x.n))
			}
			a, b := x.of(p), x.of(q)
			for f := range x.columns {
				counts[f][x.level(f, a, b)]++
			}
		}
		parts[i] = counts
	})
	if err != nil {
		return nil, err
	}
	sum := make([][levels]int64, len(x.columns))
	for _, counts := range parts {
		for f := range counts {
			for l, n := range counts[f] {
				sum[f][l] += n
			}
		}
	}
	return sum, nil
}

// pairAt is pair k of all pairs p<q in the order 0-1, 0-2, 1-2, 0-3 …
func pairAt(k int64) (p, q uint32) {
	lo, hi := int64(1), int64(1)<<31
	for lo+1 < hi { // the largest q with q(q-1)/2 ≤ k
		if mid := (lo + hi) / 2; mid*(mid-1)/2 <= k {
			lo = mid
		} else {
			hi = mid
		}
	}
	return uint32(k - lo*(lo-1)/2), uint32(lo)
}

// drawn is draw k of two different records below n, which is at least 2.
func drawn(seed, k uint64, n uint32) (p, q uint32) {
	h := mix(seed ^ mix(k))
	p = uint32((h >> 32) * uint64(n) >> 32)
	q = uint32((h & 0xffffffff) * uint64(n-1) >> 32)
	if q >= p {
		return p, q + 1
	}
	return q, p
}

// chance turns the counts of random pairs into shares per level, Missing left
// out. The share of Exact is that of all pairs, from the frequency of each value:
// the limit of ever larger samples.
func (x *table) chance(counts [][levels]int64) [][levels]float64 {
	out := make([][levels]float64, len(counts))
	for f := range counts {
		c := &x.columns[f]
		total := int64(0)
		for l := Close; l < levels; l++ {
			total += counts[f][l]
		}
		exact := 0.0
		if c.known > 1 {
			same := int64(0)
			for _, n := range c.count[1:] {
				same += pairsOf(int(n))
			}
			exact = min(float64(same)/float64(pairsOf(c.known)), 1)
		}
		out[f][Exact] = exact
		for l := Close; l < levels; l++ {
			if total > 0 {
				out[f][l] = (1 - exact) * float64(counts[f][l]) / float64(total)
			}
		}
		if total == 0 {
			out[f][Different] = 1 - exact
		}
	}
	return out
}
