package identity

import (
	"math"
	"math/bits"
)

// letter is what two texts are compared by: bytes where both are ASCII, code
// points otherwise.
type letter interface{ byte | rune }

// longest is how many letters of a text are compared; what is beyond is left out.
const longest = 64

// jaroWinkler is the similarity of Jaro and Winkler in [0,1]:
//
//	J = (m/|a| + m/|b| + (m-t)/m) / 3,    JW = J + 0.1·l·(1-J) where J > 0.7
//
// with m letters in common within half the longer length of each other, t half
// the number of those that stand in another order, and l ≤ 4 letters of shared
// beginning. M. A. Jaro, doi:10.1080/01621459.1989.10478785; W. E. Winkler,
// "String comparator metrics and enhanced decision rules in the Fellegi-Sunter
// model of record linkage" (1990). O(|a|·|b|) time, no memory. It is 1 for two
// empty texts and 0 for one.
func jaroWinkler[T letter](a, b []T) float64 {
	a, b = a[:min(len(a), longest)], b[:min(len(b), longest)]
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) == 0 {
		if len(b) == 0 {
			return 1
		}
		return 0
	}
	window := max(len(b)/2-1, 0)
	var inA, inB uint64
	for i, c := range a {
		lo, hi := max(i-window, 0), min(i+window+1, len(b))
		for j := lo; j < hi; j++ {
			if b[j] == c && inB>>j&1 == 0 {
				inA |= 1 << i
				inB |= 1 << j
				break
			}
		}
	}
	m := bits.OnesCount64(inA)
	if m == 0 {
		return 0
	}
	moved := 0
	for inA != 0 {
		if a[bits.TrailingZeros64(inA)] != b[bits.TrailingZeros64(inB)] {
			moved++
		}
		inA &= inA - 1
		inB &= inB - 1
	}
	common := float64(m)
	j := (common/float64(len(a)) + common/float64(len(b)) + (common-float64(moved/2))/common) / 3
	if j <= .7 {
		return j
	}
	l := 0
	for l < len(a) && l < 4 && a[l] == b[l] {
		l++
	}
	return j + float64(float64(l)*.1*(1-j))
}

// unlike says that jaroWinkler of two texts, which are not empty, is surely below
// a limit above 0.7: too few of the letters of either are anywhere in the other.
func unlike[T letter](a, b []T, limit float64) bool {
	a, b = a[:min(len(a), longest)], b[:min(len(b), longest)]
	prefix := 0
	for prefix < 4 && prefix < len(a) && prefix < len(b) && a[prefix] == b[prefix] {
		prefix++
	}
	// Solved for the letters in common: J must reach need, so m must reach
	// (3·need-1)/(1/|a|+1/|b|). What is taken off is for rounding.
	gain := .1 * float64(prefix)
	need := (limit - gain) / (1 - gain)
	least := int(math.Ceil((3*need-1)*float64(len(a)*len(b))/float64(len(a)+len(b)) - 1e-9))
	if min(len(a), len(b)) < least {
		return true
	}
	// Letters are told apart by six bits, which errs to the safe side.
	var inA, inB uint64
	for _, c := range a {
		inA |= 1 << (c & 63)
	}
	m := 0
	for _, c := range b {
		inB |= 1 << (c & 63)
		m += int(inA >> (c & 63) & 1)
	}
	if m < least {
		return true
	}
	m = 0
	for _, c := range a {
		m += int(inB >> (c & 63) & 1)
	}
	return m < least
}

// editsWithin is the number of letters to insert, delete, replace or swap with
// their neighbours to make b of a, or most+1 when it is more than that. No letter
// is touched twice (optimal string alignment; F. J. Damerau,
// doi:10.1145/363958.363994). most is at most 3. O(|a|) time, no memory.
func editsWithin[T letter](a, b []T, most int) int {
	a, b = a[:min(len(a), longest)], b[:min(len(b), longest)]
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > most {
		return most + 1
	}
	if len(a) == 0 {
		return len(b)
	}
	// Row i has the distances of a[:i] to b[:j] for j from i-most to i+most,
	// at k = j-i+most.
	const wide = 7
	var before, last, row [wide]int
	for k := range last {
		last[k] = most + 1
		before[k] = most + 1
	}
	for k := most; k <= 2*most; k++ {
		last[k] = k - most
	}
	for i := 1; i <= len(a); i++ {
		best := most + 1
		for k := 0; k <= 2*most; k++ {
			j := i + k - most
			row[k] = most + 1
			if j < 0 || j > len(b) {
				continue
			}
			if j == 0 {
				row[k] = i
				best = min(best, i)
				continue
			}
			d := last[k] // replaced or the same
			if a[i-1] != b[j-1] {
				d++
			}
			if k < 2*most {
				d = min(d, last[k+1]+1) // a letter of a left out
			}
			if k > 0 {
				d = min(d, row[k-1]+1) // a letter of b put in
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, before[k]+1)
			}
			row[k] = min(d, most+1)
			best = min(best, row[k])
		}
		if best > most {
			return most + 1
		}
		before, last = last, row
	}
	return min(last[len(b)-len(a)+most], most+1)
}
