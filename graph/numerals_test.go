package graph

import (
	"fmt"
	"testing"
)

// Ids that the mixing leaves in one place have room for so many only; the others
// are kept as texts, and all are found again.
func TestNumeralsInOnePlace(t *testing.T) {
	d := NewDict(0)
	d.numerals.odd = [2]uint64{1, 1}
	const n = 3 * maxSteps
	for range 2 {
		for i := range uint32(n) {
			if got := d.Add(fmt.Append(nil, i)); got != i {
				t.Fatalf("Add(%d) = %d", i, got)
			}
		}
	}
	if !d.spilled || d.texts == 0 || d.numerals.n == 0 || d.texts+d.numerals.n != n {
		t.Errorf("%d texts and %d numerals, spilled is %t", d.texts, d.numerals.n, d.spilled)
	}
}

// Different ids stand for different numbers, which stay different when mixed.
func TestNumeralOf(t *testing.T) {
	d := NewDict(0)
	of, mixed := map[uint64]string{}, map[uint64]string{}
	for _, plus := range []string{"", "+"} {
		for digits := 1; digits <= 15; digits++ {
			for _, v := range []int{0, 1, 9, 10, 99_999_999, 100_000_000, 987_654_321_012_345} {
				id := fmt.Sprintf("%s%0*d", plus, digits, v)
				numeral, ok := numeralOf([]byte(id))
				if want := len(id) <= len(plus)+15; ok != want {
					t.Errorf("numeralOf(%q) is %t", id, ok)
				}
				if !ok {
					continue
				}
				if back := string(appendNumeral(nil, numeral)); back != id {
					t.Errorf("%q comes back as %q", id, back)
				}
				m := d.numerals.mix(numeral)
				if numeral > numeralMask || m > numeralMask {
					t.Errorf("numeralOf(%q) = %d, mixed %d", id, numeral, m)
				}
				for _, former := range []string{of[numeral], mixed[m]} {
					if former != "" && former != id {
						t.Errorf("%q and %q are the same", id, former)
					}
				}
				of[numeral], mixed[m] = id, id
			}
		}
	}
}
