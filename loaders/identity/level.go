package identity

import (
	"unicode/utf8"
	"unsafe"
)

// Level is how well two records agree in a field.
type Level uint8

// The levels, the better the sooner, but for Missing, which says nothing.
const (
	Missing   Level = iota // one or both records don't have the field
	Exact                  // the same in normal form
	Close                  // a slip: one letter or digit, two swapped, much alike
	Near                   // more than a slip, still more alike than by chance
	Crossed                // written into the field that it is mistaken for
	Different              // none of these
	levels
)

// String is the level in words.
func (l Level) String() string {
	switch l {
	case Missing:
		return "missing"
	case Exact:
		return "exact"
	case Close:
		return "close"
	case Near:
		return "near"
	case Crossed:
		return "crossed"
	case Different:
		return "different"
	}
	return "unknown level"
}

// level compares two records in field f.
func (x *table) level(f int, a, b []uint32) Level {
	c := &x.columns[f]
	if c.width > 1 {
		return c.best(a, b)
	}
	va, vb := a[c.first], b[c.first]
	if va == 0 || vb == 0 {
		return Missing
	}
	if va == vb {
		return Exact
	}
	l := c.unequal(va, vb)
	if l >= Near && c.partner >= 0 && x.crossed(c, a, b) {
		return Crossed
	}
	return l
}

// best is the best level of any two values.
func (c *column) best(a, b []uint32) Level {
	best := Missing
	for _, va := range a[c.first : c.first+c.width] {
		if va == 0 {
			continue
		}
		for _, vb := range b[c.first : c.first+c.width] {
			switch {
			case vb == 0:
			case va == vb:
				return Exact
			default:
				if l := c.unequal(va, vb); best == Missing || l < best {
					best = l
				}
			}
		}
	}
	return best
}

// crossed says whether the values of a field and of the one that it is mistaken
// for have changed places: in at least one direction they are equal, in the
// other they are equal or much alike or one is missing.
func (x *table) crossed(c *column, a, b []uint32) bool {
	other := x.columns[c.partner].first
	aHere, aThere, bHere, bThere := a[c.first], a[other], b[c.first], b[other]
	one := aHere == bThere && aHere != 0
	two := aThere == bHere && bHere != 0
	switch {
	case one && two:
		return true
	case one:
		return aThere == 0 || c.unequal(aThere, bHere) == Close
	case two:
		return bThere == 0 || c.unequal(aHere, bThere) == Close
	}
	return false
}

// unequal is the level of two values that are not the same; Close, Near or
// Different, in either order of the values.
func (c *column) unequal(a, b uint32) Level {
	if a > b {
		a, b = b, a
	}
	s, t := c.values.At(a), c.values.At(b)
	if c.ascii || isASCII(s) && isASCII(t) {
		return alike(c.Kind, letters(s), letters(t))
	}
	var rs, rt [longest]rune
	return alike(c.Kind, runes(rs[:0], s), runes(rt[:0], t))
}

// letters are the bytes of a text, which must not be written to.
func letters(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// runes appends the letters of a text as far as there is room.
func runes(to []rune, s string) []rune {
	for _, r := range s {
		if len(to) == cap(to) {
			break
		}
		to = append(to, r)
	}
	return to
}

// alike says how alike two different texts of a kind are. The thresholds are
// ours, after those that are usual in the field; how much a level counts for is
// learned from the data.
func alike[T letter](kind Kind, a, b []T) Level {
	switch kind {
	case BirthDate:
		return alikeDates(a, b)
	case Phone, ID, Code, Postcode:
		return alikeCodes(a, b)
	case Email:
		if d := editsWithin(a, b, 2); d <= 2 {
			return Close
		}
		return similar(a, b, .92, .88)
	case Category:
		return Different
	case Text, City:
		if editsWithin(a, b, 1) <= 1 && min(len(a), len(b)) >= 3 {
			return Close
		}
		return similar(a, b, .9, .75)
	}
	return similar(a, b, .92, .8)
}

// similar is the level by Jaro and Winkler's similarity.
func similar[T letter](a, b []T, close, near float64) Level {
	if unlike(a, b, near) {
		return Different
	}
	switch s := jaroWinkler(a, b); {
	case s >= close:
		return Close
	case s >= near:
		return Near
	}
	return Different
}

// alikeCodes compares numbers that mean nothing in themselves.
func alikeCodes[T letter](a, b []T) Level {
	long := max(len(a), len(b))
	switch d := editsWithin(a, b, 2); {
	case d == 1 && long >= 3:
		return Close
	case d == 2 && long >= 6:
		return Near
	}
	return Different
}

// alikeDates compares dates of eight digits: one digit wrong, two neighbours
// swapped, or day and month swapped is Close; two wrong digits, or two of year,
// month and day the same, is Near.
func alikeDates[T letter](a, b []T) Level {
	if len(a) != 8 || len(b) != 8 {
		return alikeCodes(a, b)
	}
	same := 0
	for _, p := range [...][2]int{{0, 4}, {4, 6}, {6, 8}} {
		if equal(a[p[0]:p[1]], b[p[0]:p[1]]) {
			same++
		}
	}
	if equal(a[:4], b[:4]) && equal(a[4:6], b[6:]) && equal(a[6:], b[4:6]) {
		return Close
	}
	switch d := editsWithin(a, b, 2); {
	case d == 1:
		return Close
	case d == 2 || same == 2:
		return Near
	}
	return Different
}

func equal[T letter](a, b []T) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
