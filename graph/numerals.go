package graph

import (
	"encoding/binary"
	"math/rand/v2"
)

// numerals finds the numbers of ids that are numerals: one to 15 digits, with or
// without a plus before them, as telephone and account numbers are. Such an id is
// itself a number of 55 bits, and a slot of eight bytes has all that tells it from
// any other, so a lookup costs one cache miss where one of a text costs two: the
// bits are mixed in a way that maps no two to the same, the first of them say
// where the slot lies, and the others are in it (Knuth, The Art of Computer
// Programming, volume 3, section 6.4, exercise 13).
type numerals struct {
	// slots have, from the highest bit on, the bits of the mixed numeral that do
	// not say where it lies, how far it lies behind that, plus one, and its
	// number in so many bits. They are 0 where free.
	slots []uint64
	bits  uint
	n     int
	odd   [2]uint64
}

const (
	numeralBits = 55
	numeralMask = 1<<numeralBits - 1
	stepBits    = 64 - numeralBits
	// maxSteps is how far behind its place a numeral may lie.
	maxSteps = 1<<stepBits - 2
)

func newNumerals() numerals {
	const bits = 4
	return numerals{slots: make([]uint64, 1<<bits), bits: bits, odd: [2]uint64{rand.Uint64() | 1, rand.Uint64() | 1}}
}

// numeralOf is the number that stands for an id and for no other; false says that
// the id is no numeral.
func numeralOf(id []byte) (numeral uint64, ok bool) {
	var plus uint64
	if len(id) > 0 && id[0] == '+' {
		plus, id = 1, id[1:]
	}
	n := len(id)
	switch {
	case n == 0 || n > 15:
		return 0, false
	case n < 8:
		for _, c := range id {
			digit := c - '0'
			if digit > 9 {
				return 0, false
			}
			numeral = numeral*10 + uint64(digit)
		}
	default:
		// The last eight digits, and those before them behind zeros.
		last := binary.LittleEndian.Uint64(id[n-8:]) ^ 0x3030303030303030
		first := (binary.LittleEndian.Uint64(id) ^ 0x3030303030303030) << (128 - 8*uint(n))
		if ((last+0x7676767676767676)|last|(first+0x7676767676767676)|first)&0x8080808080808080 != 0 {
			return 0, false
		}
		numeral = eightDigits(first)*1e8 + eightDigits(last)
	}
	return numeral<<5 | uint64(n)<<1 | plus, true
}

// eightDigits is the number whose digits are the bytes of b, from the lowest on:
// pairs of them first, then fours, then all.
func eightDigits(b uint64) uint64 {
	b = b*10 + b>>8
	return (b&0x000000ff000000ff*(100+1_000_000<<32) + b>>16&0x000000ff000000ff*(1+10_000<<32)) >> 32
}

// appendNumeral appends the id that a numeral stands for.
func appendNumeral(b []byte, numeral uint64) []byte {
	if numeral&1 != 0 {
		b = append(b, '+')
	}
	n, value := int(numeral>>1&15), numeral>>5
	from := len(b)
	b = append(b, "000000000000000"[:n]...)
	for i := from + n - 1; value > 0; i-- {
		b[i] = '0' + byte(value%10)
		value /= 10
	}
	return b
}

// mix spreads the bits of a numeral; no two come out the same.
func (t *numerals) mix(numeral uint64) uint64 {
	numeral = numeral * t.odd[0] & numeralMask
	numeral ^= numeral >> 28
	return numeral * t.odd[1] & numeralMask
}

// first is the slot of a mixed numeral that lies where it belongs, without its
// number, and where that is.
func (t *numerals) first(mixed uint64) (slot uint64, at int) {
	return mixed<<(stepBits+t.bits)>>t.bits + 1, int(mixed >> (numeralBits - t.bits))
}

// find looks a mixed numeral up. If it is not there, place is the place where it
// would lie and slot what would lie there, without a number; place is -1 if there
// is none.
func (t *numerals) find(mixed uint64) (number uint32, found bool, place int, slot uint64) {
	slot, at := t.first(mixed)
	for range maxSteps {
		at &= len(t.slots) - 1
		there := t.slots[at]
		if there>>t.bits == slot {
			return t.number(there), true, at, slot
		}
		if there == 0 {
			return 0, false, at, slot
		}
		at++
		slot++
	}
	return 0, false, -1, 0
}

func (t *numerals) number(slot uint64) uint32 { return uint32(slot & (1<<t.bits - 1)) }

// add enters a mixed numeral that is not there. It fails, for the numeral to be
// kept as a text, where many texts leave no bits for such a number.
func (t *numerals) add(mixed uint64, number uint32) bool {
	for {
		_, _, place, slot := t.find(mixed)
		fits := place >= 0 && uint64(number)>>t.bits == 0
		if fits && t.n*4 < len(t.slots)*3 {
			t.slots[place] = slot<<t.bits | uint64(number)
			t.n++
			return true
		}
		if !fits && t.n*4 < len(t.slots) {
			return false
		}
		t.grow()
	}
}

// grow doubles the table, or more than that where doubling leaves one without a
// place. Places are by the first bits, so old and new ones are walked through in
// the same order.
func (t *numerals) grow() {
	old := *t
	for bits := old.bits + 1; ; bits++ {
		t.slots, t.bits = make([]uint64, 1<<bits), bits
		if t.enter(&old) {
			return
		}
	}
}

// enter enters the numerals of a smaller table, if each finds a place.
func (t *numerals) enter(old *numerals) bool {
	for at, there := range old.slots {
		if there == 0 {
			continue
		}
		steps := there>>old.bits&(1<<stepBits-1) - 1
		home := (uint64(at) - steps) & uint64(len(old.slots)-1)
		_, _, place, slot := t.find(home<<(numeralBits-old.bits) | there>>(old.bits+stepBits))
		if place < 0 {
			return false
		}
		t.slots[place] = slot<<t.bits | uint64(old.number(there))
	}
	return true
}
